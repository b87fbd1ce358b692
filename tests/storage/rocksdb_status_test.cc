#include "storage/rocksdb_status.h"

#include <gtest/gtest.h>

#include "tests/testing/status_matchers.h"

namespace provnet {
namespace {

using ::testing::Eq;
using ::testing::HasSubstr;

TEST(FromRocksDbTest, MapsEachStatusToItsCode) {
  using rocksdb::Status;
  const struct {
    Status status;
    absl::StatusCode read;
    absl::StatusCode write;
  } kTable[] = {
      {Status::NotFound("x"), absl::StatusCode::kNotFound, absl::StatusCode::kNotFound},
      {Status::Corruption("x"), absl::StatusCode::kDataLoss, absl::StatusCode::kDataLoss},
      {Status::IOError("x"), absl::StatusCode::kDataLoss, absl::StatusCode::kInternal},
      {Status::PathNotFound("x"), absl::StatusCode::kDataLoss, absl::StatusCode::kInternal},
      {Status::InvalidArgument("x"), absl::StatusCode::kDataLoss, absl::StatusCode::kInternal},
      {Status::NoSpace("x"), absl::StatusCode::kResourceExhausted,
       absl::StatusCode::kResourceExhausted},
      {Status::MemoryLimit("x"), absl::StatusCode::kResourceExhausted,
       absl::StatusCode::kResourceExhausted},
      {Status::NotSupported("x"), absl::StatusCode::kFailedPrecondition,
       absl::StatusCode::kFailedPrecondition},
      {Status::TryAgain("x"), absl::StatusCode::kUnavailable, absl::StatusCode::kUnavailable},
      {Status::Busy("x"), absl::StatusCode::kUnavailable, absl::StatusCode::kUnavailable},
  };
  for (const auto& row : kTable) {
    EXPECT_THAT(FromRocksDb(row.status, RocksDbAccess::kRead, "store"),
                StatusIs(row.read, HasSubstr("store")));
    EXPECT_THAT(FromRocksDb(row.status, RocksDbAccess::kWrite, "store"),
                StatusIs(row.write, HasSubstr("store")));
  }
  EXPECT_THAT(FromRocksDb(Status::OK(), RocksDbAccess::kRead, "store"), IsOk());
}

TEST(FromRocksDbTest, FindsAFullDiskInTheTextOfAnotherError) {
  const auto wrapped = rocksdb::Status::IOError(
      "DB::Open() failed --- Unable to persist Options file",
      "IO error: No space left on device: While appending to file: /a/b/OPTIONS-000006.dbtmp");
  EXPECT_THAT(FromRocksDb(wrapped, RocksDbAccess::kWrite, "/a/b"),
              StatusIs(absl::StatusCode::kResourceExhausted, Eq("no space left on device: /a/b")));
}

TEST(FromRocksDbTest, SaysThatTheDiskIsFull) {
  EXPECT_THAT(FromRocksDb(rocksdb::Status::NoSpace(), RocksDbAccess::kWrite, "/a/b"),
              StatusIs(absl::StatusCode::kResourceExhausted, Eq("no space left on device: /a/b")));
}

}  // namespace
}  // namespace provnet
