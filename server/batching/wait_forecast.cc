#include "server/batching/wait_forecast.h"

#include <algorithm>

namespace provnet {

WaitForecast ForecastWait(QueueLoad load, const BatchCost& cost) {
  for (absl::Duration& free_at : load.free_at) free_at = std::max(free_at, load.now);
  const size_t batches_ahead = load.ahead / load.max_batch_size;
  const absl::Duration full_batch = cost.Predict(load.max_batch_size);
  const auto first_free = [&load] {
    return std::min_element(load.free_at.begin(), load.free_at.end());
  };
  for (size_t i = 0; i < batches_ahead; ++i) *first_free() += full_batch;
  const absl::Duration start = *first_free();
  const size_t own = batches_ahead > 0 ? load.max_batch_size : load.ahead + 1;
  return {start, start + cost.Predict(own)};
}

}  // namespace provnet
