#include "server/batching/own_cores.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <thread>

namespace provnet {
namespace {

TEST(OwnCoresTest, ThreadsStartedFromThereOnTakeTurns) {
  std::thread([] {
    TakeTurnsOnOwnCores();
    std::thread([] { EXPECT_EQ(sched_getscheduler(0), SCHED_BATCH); }).join();
  }).join();
  EXPECT_EQ(sched_getscheduler(0), SCHED_OTHER);
}

}  // namespace
}  // namespace provnet
