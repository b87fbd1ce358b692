#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <set>
#include <thread>
#include <vector>

#include "storage/base/mutex.h"
#include "storage/bundle_verifier.h"
#include "storage/repository.h"
#include "tests/storage/bundle_fixture.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace provnet {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAreArray;

constexpr int kWriters = 4;
constexpr int kBundlesPerWriter = 5;

// Verifies whatever is published, over and over, until it is destroyed.
class WatchingReader {
 public:
  explicit WatchingReader(fs::path repository)
      : repository_(std::move(repository)), thread_([this] { Watch(); }) {}
  ~WatchingReader() {
    stop_ = true;
    thread_.join();
  }

 private:
  void Watch() {
    // The look after the last writer counts too.
    for (bool last = false; !last;) {
      last = stop_;
      const auto locations = ScanRepository(repository_);
      ASSERT_THAT(locations, IsOk());
      for (const BundleLocation& location : *locations) {
        const auto manifest = VerifyBundle(location.directory);
        ASSERT_THAT(manifest, IsOk());
        EXPECT_EQ(manifest->version(), location.version);
      }
    }
  }

  const fs::path repository_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

// Every writer got its own number, none was left out, and nothing else remains.
void ExpectAllVersions(const fs::path& model) {
  std::vector<uint64_t> expected;
  for (uint64_t version = 1; version <= kWriters * kBundlesPerWriter; ++version) {
    expected.push_back(version);
  }
  const auto versions = ListVersions(model);
  ASSERT_THAT(versions, IsOk());
  EXPECT_THAT(*versions, ElementsAreArray(expected));
  EXPECT_EQ(std::distance(fs::directory_iterator(model), fs::directory_iterator()),
            kWriters * kBundlesPerWriter);
}

TEST(BundlePublishingRaceTest, ThreadsGetDistinctVersionsAndReadersSeeWholeOnes) {
  const TempDir dir;
  const fs::path model = dir / "model";
  Mutex mutex;
  std::set<uint64_t> versions;
  {
    const WatchingReader reader(dir.path());
    std::vector<std::thread> writers;
    for (int i = 0; i < kWriters; ++i) {
      writers.emplace_back([&] {
        for (int round = 0; round < kBundlesPerWriter; ++round) {
          const auto published = PublishPlainBundle(model);
          ASSERT_THAT(published, IsOk());
          const MutexLock lock(mutex);
          versions.insert(published->version());
        }
      });
    }
    for (std::thread& writer : writers) writer.join();
  }
  EXPECT_EQ(versions.size(), size_t{kWriters * kBundlesPerWriter});
  ExpectAllVersions(model);
}

TEST(BundlePublishingRaceTest, ProcessesGetDistinctVersionsAndReadersSeeWholeOnes) {
  const TempDir dir;
  const fs::path model = dir / "model";
  std::vector<pid_t> children;
  // Forked before the reader's thread starts, and held back until it runs.
  int gate[2];
  ASSERT_EQ(::pipe(gate), 0);
  for (int i = 0; i < kWriters; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(gate[1]);
      char unused;
      (void)!::read(gate[0], &unused, 1);
      for (int round = 0; round < kBundlesPerWriter; ++round) {
        if (!PublishPlainBundle(model).ok()) ::_exit(1);
      }
      ::_exit(0);
    }
    children.push_back(child);
  }
  {
    const WatchingReader reader(dir.path());
    ::close(gate[0]);
    ::close(gate[1]);
    for (const pid_t child : children) {
      int status = -1;
      ASSERT_EQ(::waitpid(child, &status, 0), child);
      EXPECT_EQ(status, 0);
    }
  }
  ExpectAllVersions(model);
}

}  // namespace
}  // namespace provnet
