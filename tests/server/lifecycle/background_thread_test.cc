#include "server/lifecycle/background_thread.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <vector>

#include "storage/base/background_pace.h"

namespace provnet {
namespace {

int NiceOfThisThread() { return getpriority(PRIO_PROCESS, static_cast<id_t>(gettid())); }

TEST(BackgroundThreadTest, WorkIsDoneWhenRunReturnsAndYieldsToAllElse) {
  BackgroundThread thread("testing");
  int nice = 0;
  bool paced = false;
  thread.Run([&] {
    nice = NiceOfThisThread();
    paced = BackgroundPace::OnThisThread();
  });
  EXPECT_EQ(nice, std::min(19, NiceOfThisThread() + 15));
  EXPECT_TRUE(paced);
}

TEST(BackgroundThreadTest, AllWorkIsDoneByTheSameThread) {
  BackgroundThread thread("testing");
  std::thread::id first, second;
  thread.Run([&first] { first = std::this_thread::get_id(); });
  thread.Run([&second] { second = std::this_thread::get_id(); });
  EXPECT_EQ(first, second);
  EXPECT_NE(first, std::this_thread::get_id());
}

TEST(BackgroundThreadTest, SeveralMayGiveItWorkAtATime) {
  BackgroundThread thread("testing");
  int running = 0, most = 0, done = 0;
  std::vector<std::thread> callers;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&] {
      for (int j = 0; j < 50; ++j) {
        thread.Run([&] {
          most = std::max(most, ++running);
          --running;
          ++done;
        });
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(most, 1);
  EXPECT_EQ(done, 400);
}

TEST(BackgroundThreadTest, AThreadWithoutWorkEnds) { const BackgroundThread thread("testing"); }

}  // namespace
}  // namespace provnet
