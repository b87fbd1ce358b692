#include "trainer/experiments/detection_rates.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace provnet {
namespace {

double LogBeta(double a, double b) { return std::lgamma(a) + std::lgamma(b) - std::lgamma(a + b); }

// P(X = x) for X ~ BetaBinomial(n, a, b).
double BetaBinomial(double x, double n, double a, double b) {
  const double choose = -std::log(n + 1) - LogBeta(n - x + 1, x + 1);
  return std::exp(choose + LogBeta(x + a, n - x + b) - LogBeta(a, b));
}

}  // namespace

double AreaUnderCurve(std::vector<float> positives, std::vector<float> negatives) {
  std::sort(positives.begin(), positives.end());
  std::sort(negatives.begin(), negatives.end());
  double won = 0;
  for (const float score : positives) {
    const auto [below, above] = std::equal_range(negatives.begin(), negatives.end(), score);
    won += static_cast<double>(below - negatives.begin()) + static_cast<double>(above - below) / 2;
  }
  return won / static_cast<double>(positives.size()) / static_cast<double>(negatives.size());
}

double TruePositiveRateAt(const std::vector<float>& positives, std::vector<float> negatives,
                          double false_positive_rate) {
  const auto allowed =
      static_cast<size_t>(std::floor(false_positive_rate * static_cast<double>(negatives.size())));
  if (allowed >= negatives.size()) return 1;
  const auto threshold = negatives.begin() + static_cast<std::ptrdiff_t>(allowed);
  std::nth_element(negatives.begin(), threshold, negatives.end(), std::greater<>());
  const auto found = std::count_if(positives.begin(), positives.end(),
                                   [&](float score) { return score > *threshold; });
  return static_cast<double>(found) / static_cast<double>(positives.size());
}

CountBand NominalRateBand(double rate, uint64_t reference, uint64_t records) {
  // Rounding must not lose the rank that is hit exactly.
  const double k = std::floor(rate * static_cast<double>(reference + 1) * (1 + 1e-12));
  const double others = static_cast<double>(reference + 1) - k;
  CountBand band{0, records};
  double below = 0;
  bool lower_found = false;
  for (uint64_t x = 0; x <= records; ++x) {
    const double up_to_x =
        below + BetaBinomial(static_cast<double>(x), static_cast<double>(records), k, others);
    if (!lower_found && up_to_x > 0.025) {
      band.lower = x;
      lower_found = true;
    }
    if (up_to_x >= 0.975) {
      band.upper = x;
      break;
    }
    below = up_to_x;
  }
  return band;
}

}  // namespace provnet
