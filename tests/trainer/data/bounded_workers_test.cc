#include "trainer/data/bounded_workers.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "absl/synchronization/notification.h"

namespace provnet {
namespace {

TEST(BoundedWorkersTest, RunsEveryTaskBeforeFinishReturns) {
  std::vector<int> done(1000);
  BoundedWorkers workers(4, 100);
  for (int& task : done) workers.Submit(30, [&task] { ++task; });
  workers.Finish();
  EXPECT_EQ(done, std::vector<int>(1000, 1));
}

TEST(BoundedWorkersTest, OneThreadKeepsTheOrder) {
  std::vector<int> order;
  {
    BoundedWorkers workers(1, 1000);
    for (int i = 0; i < 50; ++i) workers.Submit(1, [&order, i] { order.push_back(i); });
  }
  for (int i = 0; i < 50; ++i) EXPECT_EQ(order[static_cast<size_t>(i)], i);
}

TEST(BoundedWorkersTest, NeverHoldsMoreThanItsBoundInWait) {
  absl::Notification release;
  std::atomic<int> submitted = 0;
  BoundedWorkers workers(1, 100);
  workers.Submit(100, [&] { release.WaitForNotification(); });
  std::thread producer([&] {
    for (int i = 0; i < 5; ++i) {
      workers.Submit(50, [&, i] { EXPECT_LE(submitted, i + 3); });
      ++submitted;
    }
    workers.Finish();
  });
  while (submitted < 2) std::this_thread::yield();
  release.Notify();
  producer.join();
  EXPECT_EQ(submitted, 5);
}

TEST(BoundedWorkersTest, TakesATaskThatIsLargerThanTheBound) {
  bool done = false;
  BoundedWorkers workers(1, 10);
  workers.Submit(1000, [&] { done = true; });
  workers.Finish();
  EXPECT_TRUE(done);
}

}  // namespace
}  // namespace provnet
