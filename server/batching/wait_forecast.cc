#include "server/batching/wait_forecast.h"

#include <algorithm>

namespace provnet {
namespace {

// The least of `end(executor, batches given to it)` once `ahead` batches have gone, one by one, to
// the executor whose end was the least.
template <typename End>
absl::Duration LeastEnd(size_t executors, size_t ahead, const End& end) {
  std::vector<size_t> given(executors);
  for (;; --ahead) {
    size_t first = 0;
    absl::Duration least = end(0, given[0]);
    for (size_t i = 1; i < executors; ++i) {
      if (const absl::Duration other = end(i, given[i]); other < least) {
        first = i;
        least = other;
      }
    }
    if (ahead == 0) return least;
    ++given[first];
  }
}

}  // namespace

WaitForecast ForecastWait(const QueueLoad& load, const BatchCost& cost) {
  const size_t executors = load.free_at.size();
  const size_t full = load.max_batch_size;
  const size_t ahead = load.ahead / full;
  const size_t own = ahead > 0 ? full : load.ahead + 1;
  const absl::Duration batch = cost.Predict(full);
  const absl::Duration start = LeastEnd(executors, ahead, [&](size_t executor, size_t batches) {
    return std::max(load.free_at[executor].expected, load.now) +
           static_cast<int64_t>(batches) * batch;
  });
  // With its own, which is of the size of those ahead where there are any.
  const absl::Duration latest = LeastEnd(executors, ahead, [&](size_t executor, size_t batches) {
    return std::max(load.free_at[executor].at_most, load.now) +
           cost.PredictAtMost(own, batches + 1);
  });
  return {start, start + cost.Predict(own), latest};
}

}  // namespace provnet
