#include "storage/atomic_file.h"

#include <gmock/gmock.h>

#include "storage/file_io.h"
#include "tests/testing/temp_dir.h"

namespace provnet {
namespace {

using ::testing::HasSubstr;

TEST(WriteFileAtomically, ReplacesAFileAndLeavesNoOther) {
  const TempDir folder;
  const auto path = folder / "checkpoint";
  ASSERT_TRUE(WriteFileAtomically(path, "first, and longer").ok());
  ASSERT_TRUE(WriteFileAtomically(path, "second").ok());
  EXPECT_EQ(*ReadFile(path), "second");
  const std::filesystem::directory_iterator files(folder.path());
  EXPECT_EQ(std::distance(begin(files), end(files)), 1);
}

TEST(WriteFileAtomically, NamesTheFileThatItCannotWrite) {
  const TempDir folder;
  const absl::Status status = WriteFileAtomically(folder / "missing" / "checkpoint", "text");
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), HasSubstr("missing/checkpoint"));
}

TEST(WriteFileAtomically, KeepsTheOldFileWhenTheDiskIsFull) {
  const TempDir folder;
  const auto path = folder / "checkpoint";
  ASSERT_TRUE(WriteFileAtomically(path, "old").ok());
  // Writing to /dev/full fails as on a full disk.
  std::filesystem::create_symlink("/dev/full", path.string() + ".tmp");
  const absl::Status status = WriteFileAtomically(path, "new");
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
  EXPECT_EQ(*ReadFile(path), "old");
}

}  // namespace
}  // namespace provnet
