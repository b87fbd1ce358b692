#include "server/lifecycle/repository_watch.h"

#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <thread>

#include "tests/testing/temp_dir.h"

namespace provnet {
namespace {

namespace fs = std::filesystem;

// Await without timeout returns only because of a change: a missed one hangs the test, which the
// runner's time limit then ends.
class RepositoryWatchTest : public ::testing::Test {
 protected:
  RepositoryWatchTest() { fs::create_directories(root_ / "digits" / "1"); }

  void ExpectNoticed(const std::function<void()>& change) {
    RepositoryWatch watch(root_);
    ASSERT_TRUE(watch.status().ok()) << watch.status();
    watch.Renew();
    std::thread other(change);
    watch.Await(absl::InfiniteDuration());
    other.join();
  }

  TempDir scratch_;
  const fs::path root_ = scratch_.path() / "models";
};

TEST_F(RepositoryWatchTest, NoticesAPublishedVersion) {
  fs::create_directories(root_ / "digits" / ".staging");
  ExpectNoticed([&] { fs::rename(root_ / "digits" / ".staging", root_ / "digits" / "2"); });
}

TEST_F(RepositoryWatchTest, NoticesANewModel) {
  ExpectNoticed([&] { fs::create_directory(root_ / "shapes"); });
}

TEST_F(RepositoryWatchTest, NoticesADeletedVersion) {
  ExpectNoticed([&] { fs::remove_all(root_ / "digits" / "1"); });
}

TEST_F(RepositoryWatchTest, NoticesAFileInAModelsFolder) {
  ExpectNoticed([&] { std::ofstream(root_ / "digits" / "serving.json") << "{}"; });
}

TEST_F(RepositoryWatchTest, SeesARepositoryThatCameBack) {
  RepositoryWatch watch(root_);
  watch.Renew();
  fs::rename(root_, scratch_.path() / "away");
  watch.Renew();
  fs::create_directories(root_ / "digits");
  watch.Renew();
  watch.Await(absl::ZeroDuration());
  std::thread other([&] { fs::create_directory(root_ / "digits" / "3"); });
  watch.Await(absl::InfiniteDuration());
  other.join();
}

TEST_F(RepositoryWatchTest, WakeEndsOneAwaitEvenIfItCameBefore) {
  RepositoryWatch watch(root_);
  watch.Wake();
  watch.Await(absl::InfiniteDuration());
}

}  // namespace
}  // namespace provnet
