#include "server/batching/wait_forecast.h"

#include <algorithm>

namespace provnet {
namespace {

// The least of the executors' `ends` once `ahead` batches have gone, one by one, to the executor
// whose end was the least; `give(executor)` returns its new end.
template <typename Time, typename Give>
Time LeastEnd(std::vector<Time> ends, size_t ahead, const Give& give) {
  while (true) {
    const auto first = std::min_element(ends.begin(), ends.end());
    if (ahead == 0) return *first;
    --ahead;
    *first = give(static_cast<size_t>(first - ends.begin()));
  }
}

}  // namespace

WaitForecast ForecastWait(const QueueLoad& load, const BatchCost& cost) {
  const size_t full = load.max_batch_size;
  const size_t ahead = load.ahead / full;
  // Of the size of those ahead, where there are any.
  const size_t own = ahead > 0 ? full : load.ahead + 1;
  const double full_seconds = absl::ToDoubleSeconds(cost.Predict(full));
  const double own_seconds = absl::ToDoubleSeconds(cost.Predict(own));

  // Seconds from now, since they are added up for every batch ahead.
  std::vector<double> expected, at_most, at_most_with_own;
  for (const BatchEnd& end : load.free_at) {
    expected.push_back(std::max(0.0, absl::ToDoubleSeconds(end.expected - load.now)));
    at_most.push_back(std::max(0.0, absl::ToDoubleSeconds(end.at_most - load.now)));
    at_most_with_own.push_back(at_most.back() + own_seconds * cost.AtMostFactor(1));
  }
  const double start = LeastEnd(
      expected, ahead, [&](size_t executor) { return expected[executor] += full_seconds; });
  std::vector<size_t> batches(at_most.size(), 1);
  const double latest = LeastEnd(at_most_with_own, ahead, [&](size_t executor) {
    return at_most[executor] + own_seconds * cost.AtMostFactor(++batches[executor]);
  });
  return {load.now + absl::Seconds(start), load.now + absl::Seconds(start + own_seconds),
          load.now + absl::Seconds(latest)};
}

}  // namespace provnet
