#include "server/security/watched_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/base/atomic_file.h"
#include "tests/server/security/recording_probe.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace provnet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class WatchedFilesTest : public ::testing::Test {
 protected:
  void Write(const std::string& name, const std::string& contents) {
    ASSERT_TRUE(WriteFileAtomically(folder_ / name, contents).ok());
  }

  absl::StatusOr<std::unique_ptr<WatchedFiles>> Open() {
    return WatchedFiles::Open(
        {"things", {folder_ / "a", folder_ / "b"}, absl::ZeroDuration()},
        [this](const std::vector<std::string>& contents) -> absl::Status {
          if (contents[0] == "bad" && !may_be_bad_) return absl::InvalidArgumentError("a is bad");
          in_force_ = contents;
          return absl::OkStatus();
        },
        probe_);
  }

  TempDir folder_;
  RecordingProbe probe_;
  std::vector<std::string> in_force_;
  bool may_be_bad_ = false;
};

TEST_F(WatchedFilesTest, LoadsAtOnceAndAgainWhenAnyFileChanges) {
  Write("a", "1");
  Write("b", "2");
  const auto files = Open();
  ASSERT_TRUE(files.ok()) << files.status();
  EXPECT_THAT(in_force_, ElementsAre("1", "2"));
  (*files)->Poll();
  EXPECT_THAT(probe_.reloaded(), IsEmpty());
  Write("b", "3");
  (*files)->Poll();
  EXPECT_THAT(in_force_, ElementsAre("1", "3"));
  EXPECT_THAT(probe_.reloaded(), ElementsAre("things"));
}

TEST_F(WatchedFilesTest, KeepsWhatWasInForceAndReportsABadChangeOnce) {
  Write("a", "1");
  Write("b", "2");
  const auto files = Open();
  ASSERT_TRUE(files.ok());
  Write("a", "bad");
  (*files)->Poll();
  (*files)->Poll();
  EXPECT_THAT(in_force_, ElementsAre("1", "2"));
  ASSERT_THAT(probe_.failures(), SizeIs(1));
  // What is refused now may be good later, with no change.
  may_be_bad_ = true;
  (*files)->Poll();
  EXPECT_THAT(in_force_, ElementsAre("bad", "2"));
  EXPECT_THAT(probe_.failures(), SizeIs(1));
}

TEST_F(WatchedFilesTest, AVanishedFileIsReportedOnceAndComesBack) {
  Write("a", "1");
  Write("b", "2");
  const auto files = Open();
  ASSERT_TRUE(files.ok());
  std::filesystem::remove(folder_ / "b");
  (*files)->Poll();
  (*files)->Poll();
  ASSERT_THAT(probe_.failures(), SizeIs(1));
  EXPECT_TRUE(absl::IsNotFound(probe_.failures()[0]));
  EXPECT_THAT(in_force_, ElementsAre("1", "2"));
  Write("b", "5");
  (*files)->Poll();
  EXPECT_THAT(in_force_, ElementsAre("1", "5"));
}

TEST_F(WatchedFilesTest, TheFirstLoadMustSucceed) {
  Write("a", "bad");
  Write("b", "2");
  EXPECT_THAT(Open().status().message(), HasSubstr("a is bad"));
  std::filesystem::remove(folder_ / "a");
  EXPECT_TRUE(absl::IsNotFound(Open().status()));
}

}  // namespace
}  // namespace provnet
