#include "storage/rocksdb_status.h"

#include "absl/strings/str_cat.h"

namespace provnet {
namespace {

absl::StatusCode CodeOf(const rocksdb::Status& status, RocksDbAccess access) {
  using Code = rocksdb::Status::Code;
  if (status.IsNoSpace() || status.IsMemoryLimit()) return absl::StatusCode::kResourceExhausted;
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
  if (status.IsNoSpace()) {
    return absl::ResourceExhaustedError(absl::StrCat("no space left on device: ", what));
  }
  return absl::Status(CodeOf(status, access), absl::StrCat(what, ": ", status.ToString()));
}

}  // namespace provnet
