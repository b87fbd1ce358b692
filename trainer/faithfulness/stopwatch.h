#ifndef PROVNET_TRAINER_FAITHFULNESS_STOPWATCH_H_
#define PROVNET_TRAINER_FAITHFULNESS_STOPWATCH_H_

#include "absl/time/time.h"
#include "storage/base/clock.h"

namespace provnet {

// Wall time since it was made.
class Stopwatch {
 public:
  double Seconds() const { return absl::ToDoubleSeconds(Clock::Steady().Monotonic() - start_); }

 private:
  const absl::Duration start_ = Clock::Steady().Monotonic();
};

}  // namespace provnet

#endif  // PROVNET_TRAINER_FAITHFULNESS_STOPWATCH_H_
