#include "server/batching/wait_forecast.h"

#include <algorithm>

namespace provnet {

WaitForecast ForecastWait(QueueLoad load, const BatchCost& cost) {
  for (BatchEnd& end : load.free_at) {
    end.expected = std::max(end.expected, load.now);
    end.at_most = std::max(end.at_most, load.now);
  }
  // The earliest of the executors' expected, or latest, ends.
  const auto first_free = [&load](absl::Duration BatchEnd::*when) -> absl::Duration& {
    const auto earlier = [when](const BatchEnd& a, const BatchEnd& b) { return a.*when < b.*when; };
    return (*std::min_element(load.free_at.begin(), load.free_at.end(), earlier)).*when;
  };
  const size_t full = load.max_batch_size;
  const size_t ahead = load.ahead / full;
  const absl::Duration batch = cost.Predict(full), batch_at_most = cost.PredictAtMost(full);
  for (size_t i = 0; i < ahead; ++i) {
    first_free(&BatchEnd::expected) += batch;
    first_free(&BatchEnd::at_most) += batch_at_most;
  }
  const size_t own = ahead > 0 ? full : load.ahead + 1;
  const absl::Duration start = first_free(&BatchEnd::expected);
  return {start, start + cost.Predict(own),
          first_free(&BatchEnd::at_most) + cost.PredictAtMost(own)};
}

}  // namespace provnet
