#ifndef PROVNET_TRAINER_EXPERIMENTS_DETECTION_RATES_H_
#define PROVNET_TRAINER_EXPERIMENTS_DETECTION_RATES_H_

#include <cstdint>
#include <vector>

namespace provnet {

// How well scores tell positives from negatives, higher speaking for a positive. Neither is empty.

// Area under the ROC curve: the share of pairs in which the positive has the higher score, equal
// scores counting half. O(n log n).
double AreaUnderCurve(std::vector<float> positives, std::vector<float> negatives);

// The share of positives above the lowest threshold that at most a share `false_positive_rate` of
// the negatives exceeds.
double TruePositiveRateAt(const std::vector<float>& positives, std::vector<float> negatives,
                          double false_positive_rate);

// Where a count lies in 95 % of all cases.
struct CountBand {
  uint64_t lower = 0;
  uint64_t upper = 0;
};

// Of `records` non-members, how many have a conformal p-value of at most `rate` against a reference
// of `reference` others, all exchangeable and their scores distinct. Both draws count: the share
// below the reference's k-th highest score, k = floor(rate (reference + 1)), is Beta(k, reference +
// 1 - k), so the count is beta-binomial. At most 2.5 % of the cases lie on either side. k >= 1.
CountBand NominalRateBand(double rate, uint64_t reference, uint64_t records);

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPERIMENTS_DETECTION_RATES_H_
