#include "storage/repository.h"

#include <gtest/gtest.h>

#include "storage/base/file_io.h"
#include "tests/storage/unprivileged_scope.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace provnet {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(RepositoryTest, ListsVersionsByNumber) {
  const TempDir dir;
  for (const char* name : {"10", "9", "1", "18446744073709551615"})
    fs::create_directory(dir / name);
  const auto versions = ListVersions(dir.path());
  ASSERT_THAT(versions, IsOk());
  EXPECT_THAT(*versions, ElementsAre(1, 9, 10, UINT64_MAX));
}

TEST(RepositoryTest, PassesOverWhatIsNoVersion) {
  const TempDir dir;
  for (const char* name :
       {"0", "01", "+1", "-1", "1a", " 1", "1.0", ".staging-1-0", "18446744073709551616"}) {
    fs::create_directory(dir / name);
  }
  ASSERT_THAT(WriteFileDurably(dir / "7", "a file"), IsOk());
  const auto versions = ListVersions(dir.path());
  ASSERT_THAT(versions, IsOk());
  EXPECT_THAT(*versions, IsEmpty());
}

TEST(RepositoryTest, AnAbsentModelHasNoVersions) {
  const TempDir dir;
  const auto versions = ListVersions(dir / "absent");
  ASSERT_THAT(versions, IsOk());
  EXPECT_THAT(*versions, IsEmpty());
}

TEST(RepositoryTest, ScansModelsThenVersions) {
  const TempDir dir;
  for (const char* name : {"b/2", "b/10", "a/1", "empty", ".hidden/1"}) {
    fs::create_directories(dir / name);
  }
  ASSERT_THAT(WriteFileDurably(dir / "README", "a file"), IsOk());
  fs::create_directory_symlink(dir / "b", dir / "link");
  const auto locations = ScanRepository(dir.path());
  ASSERT_THAT(locations, IsOk());
  std::vector<std::string> found;
  for (const BundleLocation& location : *locations) {
    EXPECT_EQ(location.directory, dir / location.model / std::to_string(location.version));
    found.push_back(location.model + "/" + std::to_string(location.version));
  }
  EXPECT_THAT(found, ElementsAre("a/1", "b/2", "b/10", "link/2", "link/10"));
}

TEST(RepositoryTest, NamesARootThatIsMissingOrLocked) {
  const TempDir dir;
  EXPECT_THAT(ScanRepository(dir / "absent"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr((dir / "absent").string())));
  fs::create_directory(dir / "locked");
  fs::permissions(dir / "locked", fs::perms::none);
  fs::permissions(dir.path(), fs::perms(0755));
  const UnprivilegedScope unprivileged;
  EXPECT_THAT(ScanRepository(dir / "locked"),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr((dir / "locked").string())));
}

TEST(RepositoryTest, WhoGaveAFolderTooDeepIsToldWhichOneToGive) {
  const TempDir dir;
  const fs::path version = dir / "models" / "digits" / "12";
  fs::create_directories(version);
  fs::create_directory(dir / "models" / "digits" / "3");
  ASSERT_THAT(WriteFileDurably(version / "manifest.json", "{}"), IsOk());
  const std::string root = (dir / "models").string();
  EXPECT_THAT(RepositoryHint(version), HasSubstr("is one version of a model, give " + root));
  EXPECT_THAT(RepositoryHint(version / ""), HasSubstr("is one version of a model, give " + root));
  EXPECT_THAT(RepositoryHint(version.parent_path()),
              HasSubstr("is the folder of one model, give " + root));
  EXPECT_THAT(RepositoryHint(dir / "models"), IsEmpty());
  EXPECT_THAT(RepositoryHint(dir / "absent"), IsEmpty());
}

TEST(RepositoryTest, WhoGaveAFolderTooFarUpIsToldAVersion) {
  const TempDir dir;
  fs::create_directories(dir / "digits" / "3");
  fs::create_directories(dir / "digits" / "12");
  const std::string latest = (dir / "digits" / "12").string();
  EXPECT_THAT(VersionHint(dir / "digits"), HasSubstr("give a version of it: " + latest));
  EXPECT_THAT(VersionHint(dir.path()), HasSubstr("give a version of a model: " + latest));
  EXPECT_THAT(VersionHint(dir / "digits" / "12"), IsEmpty());
  EXPECT_THAT(VersionHint(dir / "absent"), IsEmpty());
}

}  // namespace
}  // namespace provnet
