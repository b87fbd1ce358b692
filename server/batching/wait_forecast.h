#ifndef PROVNET_SERVER_BATCHING_WAIT_FORECAST_H_
#define PROVNET_SERVER_BATCHING_WAIT_FORECAST_H_

#include <cstddef>
#include <vector>

#include "absl/time/time.h"
#include "server/batching/batch_cost.h"

namespace provnet {

// When a batch that runs will have ended: probably, and hardly ever later.
struct BatchEnd {
  absl::Duration expected;
  absl::Duration at_most;
};

// What a task that arrives at `now` finds. Times are those of Clock::Monotonic().
struct QueueLoad {
  absl::Duration now = absl::ZeroDuration();
  // Tasks that will run before it.
  size_t ahead = 0;
  size_t max_batch_size = 1;
  // For each executor, when its batch will have ended; `now` or earlier for an idle one. Never
  // empty.
  std::vector<BatchEnd> free_at;
};

struct WaitForecast {
  // When the task's batch will probably begin and end.
  absl::Duration start;
  absl::Duration finish;
  // When it will have ended even if the one that runs takes as long as it may, and so do those
  // after it together (BatchCost::PredictAtMost).
  absl::Duration latest_finish;
};

// What becomes of the task if the queue goes on as it is: full batches ahead of it go, one by one,
// to the executor that is free first. Behind at least one full batch its own is taken for full too,
// since by then others have come. That idle executors would share them (ShareOf) is not foreseen,
// so what comes while they wake up may be taken for later than it will be. Later tasks of higher
// priority are not foreseen. A pure function; time O(batches ahead x executors).
WaitForecast ForecastWait(const QueueLoad& load, const BatchCost& cost);

}  // namespace provnet

#endif  // PROVNET_SERVER_BATCHING_WAIT_FORECAST_H_
