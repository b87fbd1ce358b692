#include "storage/base/clock.h"

#include <chrono>

namespace provnet {
namespace {

class SteadyClock final : public Clock {
 public:
  absl::Duration Monotonic() const override {
    return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
  }
};

}  // namespace

const Clock& Clock::Steady() {
  static const SteadyClock* clock = new SteadyClock;
  return *clock;
}

}  // namespace provnet
