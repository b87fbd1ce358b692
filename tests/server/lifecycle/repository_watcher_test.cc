#include "server/lifecycle/repository_watcher.h"

#include <gtest/gtest.h>

#include "server/lifecycle/model_unloader.h"
#include "storage/base/mutex.h"
#include "tests/server/lifecycle/fake_models.h"
#include "tests/storage/bundle_fixture.h"
#include "tests/testing/temp_dir.h"

namespace provnet {
namespace {

namespace fs = std::filesystem;

// Blocks until a version was loaded. Thread-safe.
class LoadedVersions final : public LifecycleProbe {
 public:
  void VersionLoaded(const Servable& servable, absl::Duration) override {
    const MutexLock lock(mutex_);
    highest_ = servable.manifest().version();
    changed_.SignalAll();
  }
  void VersionRefused(const BundleLocation&, const absl::Status&) override {}
  void VersionRetired(const Servable&) override {}
  void ConfigRefused(const std::string&, const absl::Status&) override {}
  void LabelsWaiting(const std::vector<WaitingLabel>&) override {}
  void RepositoryLost(const absl::Status&) override {}
  void RepositoryFound() override {}

  void Await(uint64_t version) {
    const MutexLock lock(mutex_);
    while (highest_ < version) changed_.Wait(mutex_);
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  uint64_t highest_ ABSL_GUARDED_BY(mutex_) = 0;
};

class RepositoryWatcherTest : public ::testing::Test {
 protected:
  void Publish() { ASSERT_TRUE(PublishPlainBundle(root_ / "a").status().ok()); }

  TempDir scratch_;
  const fs::path root_ = scratch_.path() / "models";
  LoadedVersions loaded_;
  ModelUnloader unloader_;
  ModelRegistry registry_;
  ModelLifecycle lifecycle_{
      {},
      [this] { return ScanRepository(root_); },
      [this](const std::string& model) { return ReadServingConfig(root_ / model); },
      [this](const BundleLocation& location) {
        return unloader_.Own(MakeServedModel(location.model, location.version));
      },
      Clock::Steady(),
      loaded_,
      registry_};
};

TEST_F(RepositoryWatcherTest, LoadsWhatIsPublishedWithoutWaitingForThePoll) {
  Publish();
  ASSERT_TRUE(lifecycle_.LoadAll().ok());
  // Only inotify can tell it.
  const RepositoryWatcher watcher(lifecycle_, root_, absl::InfiniteDuration());
  ASSERT_TRUE(watcher.watch_status().ok()) << watcher.watch_status();
  for (uint64_t version = 2; version <= 10; ++version) {
    Publish();
    loaded_.Await(version);
  }
}

TEST_F(RepositoryWatcherTest, ThePollFindsWhatInotifyDoesNotSee) {
  Publish();
  Publish();
  // The watch is on a folder where nothing happens.
  const fs::path elsewhere = scratch_.path() / "elsewhere";
  fs::create_directory(elsewhere);
  ASSERT_TRUE(lifecycle_.LoadAll().ok());
  const RepositoryWatcher watcher(lifecycle_, elsewhere, absl::Milliseconds(10));
  Publish();
  loaded_.Await(3);
}

TEST_F(RepositoryWatcherTest, EndsWhileItWaits) {
  Publish();
  ASSERT_TRUE(lifecycle_.LoadAll().ok());
  RepositoryWatcher watcher(lifecycle_, root_, absl::InfiniteDuration());
  watcher.Stop();
}

}  // namespace
}  // namespace provnet
