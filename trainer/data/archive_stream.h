#ifndef PROVNET_TRAINER_DATA_ARCHIVE_STREAM_H_
#define PROVNET_TRAINER_DATA_ARCHIVE_STREAM_H_

#include <filesystem>
#include <memory>

#include "absl/status/statusor.h"
#include "trainer/data/entry_stream.h"

namespace provnet {

// An entry that claims more bytes than this makes the whole archive a bomb: DATA_LOSS.
inline constexpr int64_t kMaxArchiveEntryBytes = int64_t{1} << 30;

// The archive's part of OpenEntryStream. The only home of libarchive; of its filters only those
// that run inside this process are admitted.
absl::StatusOr<std::unique_ptr<EntryStream>> OpenArchiveStream(const std::filesystem::path& path);

}  // namespace provnet

#endif  // PROVNET_TRAINER_DATA_ARCHIVE_STREAM_H_
