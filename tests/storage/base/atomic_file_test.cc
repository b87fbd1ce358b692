#include "storage/base/atomic_file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/base/file_io.h"
#include "tests/testing/file_size_limit.h"
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
  absl::Status status;
  {
    const FileSizeLimit full(2);
    status = WriteFileAtomically(path, "new");
  }
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
  EXPECT_EQ(*ReadFile(path), "old");
  EXPECT_FALSE(std::filesystem::exists(path.string() + ".tmp"));
}

TEST(WriteFileAtomically, SeveralWritersAtATimeMixNothing) {
  const TempDir folder;
  const auto path = folder / "file";
  std::vector<std::jthread> writers;
  for (const char letter : {'a', 'b', 'c', 'd'}) {
    writers.emplace_back([&path, letter] {
      for (size_t i = 1; i <= 50; ++i)
        EXPECT_TRUE(WriteFileAtomically(path, std::string(1000 * i, letter)).ok());
    });
  }
  writers.clear();
  const std::string text = *ReadFile(path);
  EXPECT_EQ(text, std::string(50'000, text[0]));
  const std::filesystem::directory_iterator files(folder.path());
  EXPECT_EQ(std::distance(begin(files), end(files)), 1);
}

TEST(WriteFileAtomically, FollowsNoLinkThatOthersPutInItsWay) {
  const TempDir folder;
  ASSERT_TRUE(WriteFileDurably(folder / "precious", "old").ok());
  std::filesystem::create_symlink("precious", folder / "file.tmp");
  EXPECT_FALSE(WriteFileAtomically(folder / "file", "new").ok());
  EXPECT_EQ(*ReadFile(folder / "precious"), "old");
}

TEST(WriteFileAtomically, ReplacesTheFileThatALinkLeadsTo) {
  const TempDir folder;
  std::filesystem::create_directory(folder / "there");
  ASSERT_TRUE(WriteFileDurably(folder / "there/file", "old").ok());
  std::filesystem::create_symlink("there/file", folder / "near");
  std::filesystem::create_symlink(folder / "near", folder / "far");
  std::filesystem::create_symlink("there/absent", folder / "dangling");
  ASSERT_TRUE(WriteFileAtomically(folder / "far", "new").ok());
  ASSERT_TRUE(WriteFileAtomically(folder / "dangling", "first").ok());
  EXPECT_EQ(*ReadFile(folder / "there/file"), "new");
  EXPECT_EQ(*ReadFile(folder / "there/absent"), "first");
  for (const char* link : {"near", "far", "dangling"}) {
    EXPECT_TRUE(std::filesystem::is_symlink(folder / link)) << link;
  }
}

TEST(WriteFileAtomically, WritesIntoWhatIsNoFile) {
  const TempDir folder;
  const auto pipe = folder / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const FileDescriptor reader(::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  ASSERT_TRUE(reader.valid());
  EXPECT_TRUE(WriteFileAtomically(pipe, "text").ok());
  char text[8];
  EXPECT_EQ(::read(reader.get(), text, sizeof(text)), 4);
  EXPECT_TRUE(std::filesystem::is_fifo(pipe));
}

TEST(WriteFileAtomically, GoesOnBehindWhatAProcessHasWritten) {
  const TempDir folder;
  const auto path = folder / "file";
  const FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  ASSERT_EQ(::write(file.get(), "old ", 4), 4);
  for (const char* descriptors : {"/proc/self/fd/", "/dev/fd/"}) {
    EXPECT_TRUE(WriteFileAtomically(absl::StrCat(descriptors, file.get()), "new ").ok());
  }
  struct stat opened = {}, named = {};
  ASSERT_EQ(::fstat(file.get(), &opened), 0);
  ASSERT_EQ(::stat(path.c_str(), &named), 0);
  EXPECT_EQ(opened.st_ino, named.st_ino);
  EXPECT_EQ(*ReadFile(path), "old new new ");
}

TEST(WriteFileAtomically, RefusesAFolder) {
  const TempDir folder;
  const absl::Status status = WriteFileAtomically(folder.path(), "text");
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr(folder.path().string()));
}

TEST(CheckWritable, FindsWhatWriteFileAtomicallyCouldNotDo) {
  const TempDir folder;
  EXPECT_EQ(CheckWritable(folder / "missing" / "page").code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(CheckWritable(folder.path()).code(), absl::StatusCode::kFailedPrecondition);
  std::filesystem::create_symlink(folder / "missing" / "page", folder / "link");
  EXPECT_EQ(CheckWritable(folder / "link").code(), absl::StatusCode::kNotFound);
}

TEST(CheckWritable, ChangesNothingWhereItCouldBeDone) {
  const TempDir folder;
  const auto path = folder / "page";
  EXPECT_TRUE(CheckWritable(path).ok());
  EXPECT_FALSE(std::filesystem::exists(path));
  ASSERT_TRUE(WriteFileAtomically(path, "text").ok());
  EXPECT_TRUE(CheckWritable(path).ok());
  EXPECT_EQ(*ReadFile(path), "text");
  EXPECT_TRUE(CheckWritable("/dev/null").ok());
}

}  // namespace
}  // namespace provnet
