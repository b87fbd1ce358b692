#include "storage/base/file_io.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <string>

#include "tests/storage/unprivileged_scope.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace provnet {
namespace {

using ::testing::AllOf;
using ::testing::Eq;
using ::testing::HasSubstr;

TEST(ErrnoToStatusTest, MapsEachErrorToItsCode) {
  const struct {
    int error_number;
    absl::StatusCode code;
  } kTable[] = {
      {ENOENT, absl::StatusCode::kNotFound},
      {ENOTDIR, absl::StatusCode::kNotFound},
      {EACCES, absl::StatusCode::kPermissionDenied},
      {EPERM, absl::StatusCode::kPermissionDenied},
      {EROFS, absl::StatusCode::kPermissionDenied},
      {EEXIST, absl::StatusCode::kAlreadyExists},
      {ENOSPC, absl::StatusCode::kResourceExhausted},
      {EDQUOT, absl::StatusCode::kResourceExhausted},
      {EMFILE, absl::StatusCode::kResourceExhausted},
      {EIO, absl::StatusCode::kDataLoss},
      {ELOOP, absl::StatusCode::kInternal},
  };
  for (const auto& row : kTable) {
    EXPECT_THAT(ErrnoToStatus(row.error_number, "write", "/a/b"),
                StatusIs(row.code, HasSubstr("/a/b")));
  }
}

TEST(ErrnoToStatusTest, SaysThatTheDiskIsFull) {
  EXPECT_EQ(ErrnoToStatus(ENOSPC, "write", "/a/b").message(), "no space left on device: /a/b");
  EXPECT_EQ(ErrnoToStatus(EACCES, "write", "/a/b").message(),
            "cannot write /a/b: Permission denied");
}

TEST(FileIoTest, ReadsBackWhatItWrote) {
  const TempDir dir;
  for (const size_t size : {0, 1, 65536, 200000}) {
    std::string bytes(size, '\0');
    for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 7);
    ASSERT_THAT(WriteFileDurably(dir / "file", bytes), IsOk());
    const auto read = ReadFile(dir / "file");
    ASSERT_THAT(read, IsOk());
    EXPECT_TRUE(*read == bytes) << size;
  }
  EXPECT_THAT(SyncPath(dir.path()), IsOk());
}

TEST(FileIoTest, RefusesToReadMoreThanTheBound) {
  const TempDir dir;
  ASSERT_THAT(WriteFileDurably(dir / "file", "12345"), IsOk());
  EXPECT_THAT(ReadFile(dir / "file", 5), IsOk());
  EXPECT_THAT(ReadFile(dir / "file", 4),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       AllOf(HasSubstr((dir / "file").string()), HasSubstr("4 bytes"))));
}

TEST(FileIoTest, NamesThePathThatIsMissing) {
  const TempDir dir;
  const std::string path = (dir / "absent/file").string();
  const auto matcher = StatusIs(absl::StatusCode::kNotFound, HasSubstr(path));
  EXPECT_THAT(ReadFile(path), matcher);
  EXPECT_THAT(WriteFileDurably(path, "x"), matcher);
  EXPECT_THAT(SyncPath(path), matcher);
}

TEST(FileIoTest, SaysThatAFullDeviceIsFull) {
  EXPECT_THAT(
      WriteFileDurably("/dev/full", "x"),
      StatusIs(absl::StatusCode::kResourceExhausted, Eq("no space left on device: /dev/full")));
}

TEST(FileIoTest, SaysThatAFolderIsNotWritable) {
  const TempDir dir;
  std::filesystem::permissions(dir.path(), std::filesystem::perms(0555));
  const UnprivilegedScope unprivileged;
  EXPECT_THAT(WriteFileDurably(dir / "file", "x"),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr((dir / "file").string())));
}

}  // namespace
}  // namespace provnet
