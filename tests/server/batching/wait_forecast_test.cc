#include "server/batching/wait_forecast.h"

#include <gtest/gtest.h>

namespace provnet {
namespace {

constexpr absl::Duration Ms(int64_t ms) { return absl::Milliseconds(ms); }

// 2 + n ms for a batch of n.
BatchCost KnownCost() {
  BatchCost cost;
  for (int i = 0; i < 100; ++i) {
    for (const size_t n : {1, 4, 8}) cost.Observe(n, Ms(2 + static_cast<int64_t>(n)));
  }
  return cost;
}

struct Row {
  const char* name;
  size_t ahead;
  std::vector<absl::Duration> free_at;
  int64_t start_ms;
  int64_t finish_ms;
};

TEST(WaitForecastTest, Foresees) {
  // Batches of up to 4, of which a full one costs 6 ms and one of n costs 2 + n; it is 100 ms.
  const Row rows[] = {
      {"an idle executor", 0, {Ms(0)}, 100, 103},
      {"a busy one", 0, {Ms(107)}, 107, 110},
      {"an overdue one", 0, {Ms(90)}, 100, 103},
      {"the idle one of two", 0, {Ms(150), Ms(0)}, 100, 103},
      {"batch mates ahead", 2, {Ms(107)}, 107, 112},
      {"one full batch ahead", 4, {Ms(107)}, 113, 119},
      {"a full batch and some ahead", 7, {Ms(107)}, 113, 119},
      {"three full batches ahead", 12, {Ms(107)}, 125, 131},
      {"one ahead of two executors", 4, {Ms(107), Ms(109)}, 109, 115},
      {"two ahead of two executors", 8, {Ms(107), Ms(109)}, 113, 119},
      {"three ahead of two executors", 12, {Ms(107), Ms(109)}, 115, 121},
      {"one executor is long busy", 8, {Ms(107), Ms(500)}, 119, 125},
  };
  const BatchCost cost = KnownCost();
  for (const Row& row : rows) {
    std::vector<BatchEnd> ends;
    for (const absl::Duration end : row.free_at) ends.push_back({end, end});
    const WaitForecast forecast = ForecastWait({Ms(100), row.ahead, 4, ends}, cost);
    EXPECT_NEAR(absl::ToDoubleMilliseconds(forecast.start), static_cast<double>(row.start_ms), 0.1)
        << row.name;
    EXPECT_NEAR(absl::ToDoubleMilliseconds(forecast.finish), static_cast<double>(row.finish_ms),
                0.1)
        << row.name;
    // What always costs the same needs next to nothing in reserve.
    EXPECT_NEAR(absl::ToDoubleMilliseconds(forecast.latest_finish - forecast.finish), 0, 1)
        << row.name;
  }
}

TEST(WaitForecastTest, BatchesUpToTheTasksMayTakeLonger) {
  BatchCost cost;
  for (int i = 0; i < 100; ++i) cost.Observe(4, i % 2 == 0 ? Ms(8) : Ms(12));
  const absl::Duration reserve = cost.PredictAtMost(4, 3) - 3 * cost.Predict(4);
  ASSERT_GT(reserve, Ms(8));
  // Two batches ahead, its own, and 3 ms of the one that runs.
  const WaitForecast forecast = ForecastWait({Ms(100), 8, 4, {{Ms(105), Ms(108)}}}, cost);
  EXPECT_NEAR(absl::ToDoubleMilliseconds(forecast.finish - forecast.start),
              absl::ToDoubleMilliseconds(cost.Predict(4)), 1e-6);
  EXPECT_NEAR(absl::ToDoubleMilliseconds(forecast.latest_finish - forecast.finish),
              absl::ToDoubleMilliseconds(reserve + Ms(3)), 1e-3);
}

TEST(WaitForecastTest, WithoutAKnownCostNobodyIsInTheWay) {
  const WaitForecast forecast = ForecastWait({Ms(100), 1000, 4, {{Ms(100), Ms(100)}}}, BatchCost());
  EXPECT_EQ(forecast.start, Ms(100));
  EXPECT_EQ(forecast.finish, Ms(100));
}

}  // namespace
}  // namespace provnet
