#include "storage/base/available_cores.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <utility>

namespace provnet {
namespace {

TEST(AvailableCoresTest, ReadsTheControlGroupsLimit) {
  const std::pair<const char*, int> rows[] = {
      {"max 100000\n", 0},
      {"200000 100000\n", 2},
      {"150000 100000", 2},
      {"1000 100000\n", 1},
      {"", 0},
      {"nonsense", 0},
      {"100000 0", 0},
      {"-5 100000", 0},
  };
  for (const auto& [text, want] : rows) EXPECT_EQ(CoresFromCpuMax(text), want) << text;
}

TEST(AvailableCoresTest, IsAtLeastOne) { EXPECT_GE(AvailableCores(), 1); }

TEST(AvailableCoresTest, CountsOnlyTheCoresThatTheSchedulerAllows) {
  cpu_set_t before;
  ASSERT_EQ(sched_getaffinity(0, sizeof(before), &before), 0);
  int first = 0;
  while (!CPU_ISSET(first, &before)) ++first;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(first, &one);
  ASSERT_EQ(sched_setaffinity(0, sizeof(one), &one), 0);
  EXPECT_EQ(AvailableCores(), 1);
  ASSERT_EQ(sched_setaffinity(0, sizeof(before), &before), 0);
}

}  // namespace
}  // namespace provnet
