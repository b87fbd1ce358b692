#include "storage/bundle_writer.h"

#include <google/protobuf/util/message_differencer.h>
#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "storage/bundle_verifier.h"
#include "storage/repository.h"
#include "tests/storage/bundle_fixture.h"
#include "tests/storage/unprivileged_scope.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace provnet {
namespace {

namespace fs = std::filesystem;
using ::google::protobuf::util::MessageDifferencer;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> Names(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class BundleWriterTest : public ::testing::Test {
 protected:
  const TempDir dir_;
  const fs::path model_ = dir_ / "repository/digits";
};

TEST_F(BundleWriterTest, PublishesAVersionThatVerifies) {
  const auto published = PublishBundle(model_);
  ASSERT_THAT(published, IsOk());
  EXPECT_EQ(published->schema_version(), kBundleSchemaVersion);
  EXPECT_EQ(published->model(), "digits");
  EXPECT_EQ(published->version(), 1u);
  EXPECT_GT(published->created().seconds(), 1'600'000'000);
  EXPECT_GE(published->files_size(), 6);
  EXPECT_THAT(Names(model_), ElementsAre("1"));
  const auto verified = VerifyBundle(model_ / "1");
  ASSERT_THAT(verified, IsOk());
  EXPECT_TRUE(MessageDifferencer::Equals(*verified, *published));
}

TEST_F(BundleWriterTest, CountsUpFromTheHighestVersion) {
  fs::create_directories(model_ / "9");
  fs::create_directories(model_ / "10");
  EXPECT_EQ(PublishPlainBundle(model_)->version(), 11u);
  EXPECT_EQ(PublishPlainBundle(model_ / "")->version(), 12u);
}

TEST_F(BundleWriterTest, PassesOverANumberThatSomethingElseHas) {
  fs::create_directories(model_);
  ASSERT_THAT(WriteFileDurably(model_ / "1", "a file"), IsOk());
  fs::create_directory_symlink("nowhere", model_ / "2");
  const auto published = PublishPlainBundle(model_);
  ASSERT_THAT(published, IsOk());
  EXPECT_EQ(published->version(), 3u);
  EXPECT_EQ(VerifyBundle(model_ / "3")->version(), 3u);
}

TEST_F(BundleWriterTest, KeepsAGivenTimeOfCreation) {
  auto writer = BundleWriter::Create(model_);
  ASSERT_THAT(writer, IsOk());
  v1::BundleManifest manifest = MakeManifest();
  *manifest.mutable_created() = google::protobuf::util::TimeUtil::SecondsToTimestamp(1234567890);
  ASSERT_THAT((*writer)->Publish(manifest), IsOk());
  EXPECT_EQ(VerifyBundle(model_ / "1")->created().seconds(), 1234567890);
}

TEST_F(BundleWriterTest, WritesAManifestForPeople) {
  ASSERT_THAT(PublishPlainBundle(model_), IsOk());
  const std::string json = ReadFile(model_ / "1/manifest.json").value();
  EXPECT_THAT(json, AllOf(HasSubstr("\"schema_version\": 1"), HasSubstr("\"feature_dim\": 0"),
                          HasSubstr("\"path\": \"index/labels.npy\""), HasSubstr("\n")));
}

TEST_F(BundleWriterTest, LeavesNothingUnlessPublished) {
  {
    const auto writer = BundleWriter::Create(model_);
    ASSERT_THAT(writer, IsOk());
    ASSERT_THAT(FillPlainFiles((*writer)->staging_directory()), IsOk());
    EXPECT_EQ((*writer)->staging_directory().parent_path(), model_);
    EXPECT_THAT(*ListVersions(model_), IsEmpty());
  }
  EXPECT_THAT(Names(model_), IsEmpty());
}

TEST_F(BundleWriterTest, PublishesOnce) {
  const auto writer = BundleWriter::Create(model_);
  ASSERT_THAT(writer, IsOk());
  ASSERT_THAT((*writer)->Publish(MakeManifest()), IsOk());
  EXPECT_TRUE(absl::IsFailedPrecondition((*writer)->Publish(MakeManifest()).status()));
  EXPECT_THAT(Names(model_), ElementsAre("1"));
}

TEST_F(BundleWriterTest, RefusesFilesThatNoBundleMayHold) {
  const struct {
    const char* name;
    void (*create)(const fs::path& staging);
  } kTable[] = {
      {"manifest.json",
       [](const fs::path& s) { (void)WriteFileDurably(s / "manifest.json", "{}"); }},
      {"link", [](const fs::path& s) { fs::create_symlink("/etc/passwd", s / "link"); }},
      {"two words", [](const fs::path& s) { (void)WriteFileDurably(s / "two words", "x"); }},
  };
  for (const auto& row : kTable) {
    const auto writer = BundleWriter::Create(model_);
    ASSERT_THAT(writer, IsOk());
    row.create((*writer)->staging_directory());
    EXPECT_THAT((*writer)->Publish(MakeManifest()),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(row.name)));
  }
  EXPECT_THAT(Names(model_), IsEmpty());
}

TEST_F(BundleWriterTest, RefusesModelNamesThatAreNone) {
  for (const char* name : {".hidden", "..", "a b", "a\nb", "ä", "a:b"}) {
    EXPECT_THAT(BundleWriter::Create(dir_ / "repository" / name),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(name)));
  }
  EXPECT_FALSE(fs::exists(dir_ / "repository"));
}

TEST_F(BundleWriterTest, NamesTheFolderThatIsNotWritable) {
  fs::create_directories(model_);
  fs::permissions(dir_.path(), fs::perms(0755));
  fs::permissions(model_, fs::perms(0555));
  const UnprivilegedScope unprivileged;
  EXPECT_THAT(BundleWriter::Create(model_),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr(model_.string())));
  EXPECT_THAT(BundleWriter::Create(model_.parent_path() / "other"),
              StatusIs(absl::StatusCode::kPermissionDenied,
                       HasSubstr((model_.parent_path() / "other").string())));
}

// The names of new folders live in the folder above them, which is synced as well: so one that
// can't be opened for that is an error, though files can be created in it.
TEST_F(BundleWriterTest, SyncsTheFolderAboveEachFolderThatItCreates) {
  const fs::path above = dir_ / "above";
  fs::create_directory(above);
  fs::permissions(dir_.path(), fs::perms(0755));
  fs::permissions(above, fs::perms(0333));
  {
    const UnprivilegedScope unprivileged;
    EXPECT_THAT(BundleWriter::Create(above / "new/repository/digits"),
                StatusIs(absl::StatusCode::kPermissionDenied,
                         HasSubstr("cannot open " + above.string() + ":")));
  }
  fs::permissions(above, fs::perms(0777));
  EXPECT_THAT(PublishPlainBundle(above / "other/repository/digits"), IsOk());
}

TEST_F(BundleWriterTest, NamesARepositoryThatIsAFile) {
  ASSERT_THAT(WriteFileDurably(dir_ / "repository", "a file"), IsOk());
  EXPECT_THAT(BundleWriter::Create(model_),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr(model_.string())));
}

// Creates a writer in a child process that then ends without any clean-up.
void DieWhileWriting(const fs::path& model) {
  const pid_t child = ::fork();
  if (child == 0) {
    auto writer = BundleWriter::Create(model);
    const bool filled = writer.ok() && FillPlainFiles((*writer)->staging_directory()).ok();
    ::_exit(filled ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
}

TEST_F(BundleWriterTest, RemovesWhatDeadWritersLeftAndNothingElse) {
  DieWhileWriting(model_);
  ASSERT_EQ(Names(model_).size(), 1u);
  const auto living = BundleWriter::Create(model_);
  ASSERT_THAT(living, IsOk());
  EXPECT_THAT(Names(model_), ElementsAre((*living)->staging_directory().filename().string()));
  ASSERT_THAT(WriteFileDurably((*living)->staging_directory() / kModelFile, "m"), IsOk());
  fs::create_directory(model_ / ".staging-of-mine");
  const auto second = BundleWriter::Create(model_);
  ASSERT_THAT(second, IsOk());
  EXPECT_TRUE(fs::exists((*living)->staging_directory() / kModelFile));
  EXPECT_TRUE(fs::exists(model_ / ".staging-of-mine"));
  EXPECT_THAT((*living)->Publish(MakeManifest()), IsOk());
}

// After a restart in a container the new process often has the old one's pid.
TEST_F(BundleWriterTest, RemovesAnOrphanThatBearsOurOwnPid) {
  const fs::path orphan = model_ / (".staging-" + std::to_string(::getpid()) + "-0123456789abcdef");
  fs::create_directories(orphan / "index");
  ASSERT_THAT(BundleWriter::Create(model_), IsOk());
  EXPECT_FALSE(fs::exists(orphan));
}

}  // namespace
}  // namespace provnet
