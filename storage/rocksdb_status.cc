#include "storage/rocksdb_status.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace provnet {
namespace {

// Later versions of RocksDB than 7 hide a full disk in the text of another error when they open.
bool IsFullDisk(const rocksdb::Status& status) {
  return status.IsNoSpace() ||
         (status.IsIOError() && absl::StrContains(status.ToString(), "No space left on device"));
}

absl::StatusCode CodeOf(const rocksdb::Status& status, RocksDbAccess access) {
  using Code = rocksdb::Status::Code;
  if (status.IsMemoryLimit()) return absl::StatusCode::kResourceExhausted;
  const bool reading = access == RocksDbAccess::kRead;
  switch (status.code()) {
    case Code::kNotFound:
      return absl::StatusCode::kNotFound;
    case Code::kCorruption:
      return absl::StatusCode::kDataLoss;
    case Code::kIOError:
    case Code::kInvalidArgument:
      // Our own arguments are fixed, so while reading it is the files that are wrong: a file or a
      // column family is missing.
      return reading ? absl::StatusCode::kDataLoss : absl::StatusCode::kInternal;
    case Code::kNotSupported:
      return absl::StatusCode::kFailedPrecondition;
    case Code::kTimedOut:
    case Code::kAborted:
    case Code::kBusy:
    case Code::kExpired:
    case Code::kTryAgain:
    case Code::kShutdownInProgress:
      return absl::StatusCode::kUnavailable;
    default:
      return absl::StatusCode::kInternal;
  }
}

}  // namespace

absl::Status FromRocksDb(const rocksdb::Status& status, RocksDbAccess access,
                         absl::string_view what) {
  if (status.ok()) return absl::OkStatus();
  if (IsFullDisk(status)) {
    return absl::ResourceExhaustedError(absl::StrCat("no space left on device: ", what));
  }
  return absl::Status(CodeOf(status, access), absl::StrCat(what, ": ", status.ToString()));
}

}  // namespace provnet
