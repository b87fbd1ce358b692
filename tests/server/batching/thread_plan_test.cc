#include "server/batching/thread_plan.h"

#include <gtest/gtest.h>

namespace provnet {
namespace {

TEST(ThreadPlanTest, FillsInWhatWasLeftOpen) {
  struct Row {
    const char* name;
    int cores, executors, threads;
    ThreadPlan want;
  };
  const Row rows[] = {
      {"all open, two cores: an executor each", 2, 0, 0, {2, 1}},
      {"all open, many cores: four executors share them", 16, 0, 0, {4, 4}},
      {"one core", 1, 0, 0, {1, 1}},
      {"unknown core count", 0, 0, 0, {1, 1}},
      {"executors given", 8, 2, 0, {2, 4}},
      {"executors given, with a remainder", 8, 3, 0, {3, 2}},
      {"more executors than cores", 2, 4, 0, {4, 1}},
      {"threads given", 8, 0, 4, {2, 4}},
      {"more threads than cores", 2, 0, 4, {1, 4}},
      {"both given are obeyed", 2, 3, 5, {3, 5}},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(PlanThreads(row.cores, row.executors, row.threads), row.want) << row.name;
  }
}

}  // namespace
}  // namespace provnet
