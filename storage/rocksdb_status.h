#ifndef PROVNET_STORAGE_ROCKSDB_STATUS_H_
#define PROVNET_STORAGE_ROCKSDB_STATUS_H_

#include <rocksdb/status.h>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace provnet {

enum class RocksDbAccess { kRead, kWrite };

// The one place that turns RocksDB's statuses into ours. `what` is named in front of the message.
// OK -> OK; not found -> NOT_FOUND; no space, memory limit -> RESOURCE_EXHAUSTED ("no space left on
// device: WHAT"); corruption, I/O errors while reading, a missing column family -> DATA_LOSS; I/O
// errors while writing and the rest
// -> INTERNAL; timeouts, busy, try again -> UNAVAILABLE; a feature that this RocksDB lacks ->
// FAILED_PRECONDITION.
absl::Status FromRocksDb(const rocksdb::Status& status, RocksDbAccess access,
                         absl::string_view what);

}  // namespace provnet

#endif  // PROVNET_STORAGE_ROCKSDB_STATUS_H_
