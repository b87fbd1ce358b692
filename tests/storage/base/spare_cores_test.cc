#include "storage/base/spare_cores.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <set>
#include <thread>
#include <vector>

#include "storage/base/mutex.h"

namespace provnet {
namespace {

// Which threads did something.
class Workers {
 public:
  void Note() {
    const MutexLock lock(mutex_);
    ids_.insert(std::this_thread::get_id());
  }
  std::set<std::thread::id> ids() {
    const MutexLock lock(mutex_);
    return ids_;
  }

 private:
  Mutex mutex_;
  std::set<std::thread::id> ids_ ABSL_GUARDED_BY(mutex_);
};

TEST(SpareCoresTest, WithoutAnyTheThreadWorksAloneAndInOrder) {
  std::vector<int64_t> parts;
  ShareWithSpareCores(5, [&](int64_t part) { parts.push_back(part); });
  EXPECT_EQ(parts, (std::vector<int64_t>{0, 1, 2, 3, 4}));
  ShareWithSpareCores(0, [&](int64_t part) { parts.push_back(part); });
  EXPECT_EQ(parts.size(), 5U);
}

TEST(SpareCoresTest, AreOfTheirThreadAndTheirScope) {
  {
    const SpareCores spare(3);
    EXPECT_EQ(SpareCores::OnThisThread(), 3);
    std::thread([] { EXPECT_EQ(SpareCores::OnThisThread(), 0); }).join();
  }
  EXPECT_EQ(SpareCores::OnThisThread(), 0);
}

// Each part waits for all others, so nobody could do two of them.
TEST(SpareCoresTest, HelpersComeAndWorkAtTheSameTime) {
  const SpareCores spare(2);
  for (int repeat = 0; repeat < 3; ++repeat) {
    std::latch all_there(3);
    Workers workers;
    ShareWithSpareCores(3, [&](int64_t) {
      workers.Note();
      all_there.arrive_and_wait();
    });
    EXPECT_EQ(workers.ids().size(), 3U);
    EXPECT_EQ(workers.ids().count(std::this_thread::get_id()), 1U);
  }
}

TEST(SpareCoresTest, EachPartIsDoneOnceAndVisibleAfterwards) {
  const SpareCores spare(3);
  for (int repeat = 0; repeat < 500; ++repeat) {
    std::vector<int> done(1 + static_cast<size_t>(repeat) % 40);
    ShareWithSpareCores(static_cast<int64_t>(done.size()),
                        [&](int64_t part) { ++done[static_cast<size_t>(part)]; });
    EXPECT_EQ(done, std::vector<int>(done.size(), 1));
  }
}

TEST(SpareCoresTest, SeveralThreadsAtATimeAllGetTheirWorkDone) {
  std::atomic<int64_t> sum{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      const SpareCores spare(2);
      for (int repeat = 0; repeat < 200; ++repeat)
        ShareWithSpareCores(10, [&](int64_t part) { sum += part; });
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(sum, 4 * 200 * 45);
}

}  // namespace
}  // namespace provnet
