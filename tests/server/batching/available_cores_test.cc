#include "server/batching/available_cores.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace provnet
