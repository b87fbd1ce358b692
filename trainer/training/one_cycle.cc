#include "trainer/training/one_cycle.h"

#include <cmath>
#include <numbers>

namespace provnet {
namespace {

constexpr double kRiseShare = 0.25;
constexpr double kStartDivisor = 25;
constexpr double kEndDivisor = 1e4;

// From `from` at share 0 to `to` at share 1.
double HalfCosine(double from, double to, double share) {
  return to + (from - to) * 0.5 * (1 + std::cos(std::numbers::pi * share));
}

}  // namespace

double OneCycleLearningRate(uint64_t step, uint64_t total_steps, double peak) {
  const double last = static_cast<double>(total_steps) - 1;
  const double share = last > 0 ? static_cast<double>(step) / last : 0;
  if (share < kRiseShare) return HalfCosine(peak / kStartDivisor, peak, share / kRiseShare);
  return HalfCosine(peak, peak / kEndDivisor, (share - kRiseShare) / (1 - kRiseShare));
}

}  // namespace provnet
