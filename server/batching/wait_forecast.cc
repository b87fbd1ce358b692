#include "server/batching/wait_forecast.h"

#include <algorithm>

namespace provnet {
namespace {

// When the executor that is free first will be, once it and the others have run `batches` more.
absl::Duration FirstFree(std::vector<absl::Duration> free_at, size_t batches,
                         absl::Duration batch) {
  const auto first = [&free_at] { return std::min_element(free_at.begin(), free_at.end()); };
  for (size_t i = 0; i < batches; ++i) *first() += batch;
  return *first();
}

std::vector<absl::Duration> Ends(const QueueLoad& load, absl::Duration BatchEnd::*end) {
  std::vector<absl::Duration> ends;
  ends.reserve(load.free_at.size());
  for (const BatchEnd& executor : load.free_at) ends.push_back(std::max(executor.*end, load.now));
  return ends;
}

}  // namespace

WaitForecast ForecastWait(const QueueLoad& load, const BatchCost& cost) {
  const size_t full = load.max_batch_size;
  const size_t ahead = load.ahead / full;
  const size_t own = ahead > 0 ? full : load.ahead + 1;
  const absl::Duration start =
      FirstFree(Ends(load, &BatchEnd::expected), ahead, cost.Predict(full));
  const absl::Duration latest_start =
      FirstFree(Ends(load, &BatchEnd::at_most), ahead, cost.PredictAtMost(full));
  return {start, start + cost.Predict(own), latest_start + cost.PredictAtMost(own)};
}

}  // namespace provnet
