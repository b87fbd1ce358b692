#include "trainer/training/checkpoint_directory.h"

#include <gmock/gmock.h>

#include <fstream>
#include <optional>

#include "tests/testing/temp_dir.h"

namespace provnet {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

TEST(CheckpointDirectory, IsCreatedWithItsParentsAndRemovedWhole) {
  const TempDir folder;
  auto directory = CheckpointDirectory::Open(folder / "a" / "b");
  ASSERT_TRUE(directory.ok()) << directory.status();
  std::ofstream(directory->checkpoint_path()) << "state";
  EXPECT_TRUE(fs::exists(folder / "a" / "b" / "checkpoint"));
  directory->Remove();
  EXPECT_FALSE(fs::exists(folder / "a" / "b"));
  EXPECT_TRUE(fs::exists(folder / "a"));
}

TEST(CheckpointDirectory, RemoveKeepsFilesOfOthers) {
  const TempDir folder;
  auto directory = CheckpointDirectory::Open(folder.path());
  ASSERT_TRUE(directory.ok());
  std::ofstream(folder / "notes") << "mine";
  directory->Remove();
  EXPECT_TRUE(fs::exists(folder / "notes"));
}

TEST(CheckpointDirectory, HasOneOwnerAtATime) {
  const TempDir folder;
  std::optional<absl::StatusOr<CheckpointDirectory>> first(CheckpointDirectory::Open(folder / "c"));
  ASSERT_TRUE(first->ok());
  const absl::Status second = CheckpointDirectory::Open(folder / "c").status();
  EXPECT_EQ(second.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(second.message()), HasSubstr((folder / "c").string()));
  first.reset();
  EXPECT_TRUE(CheckpointDirectory::Open(folder / "c").ok());
}

TEST(CheckpointDirectory, NamesAPathThatIsNoFolder) {
  const TempDir folder;
  std::ofstream(folder / "file") << "text";
  const absl::Status status = CheckpointDirectory::Open(folder / "file" / "c").status();
  EXPECT_FALSE(status.ok());
  EXPECT_THAT(std::string(status.message()), HasSubstr("file"));
}

}  // namespace
}  // namespace provnet
