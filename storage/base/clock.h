#ifndef PROVNET_STORAGE_BASE_CLOCK_H_
#define PROVNET_STORAGE_BASE_CLOCK_H_

#include "absl/time/time.h"

namespace provnet {

// Time as a dependency, so that tests can say what time it is. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;

  // Time since an arbitrary fixed start; never goes back.
  virtual absl::Duration Monotonic() const = 0;

  // The machine's steady clock; lives for ever.
  static const Clock& Steady();
};

}  // namespace provnet

#endif  // PROVNET_STORAGE_BASE_CLOCK_H_
