#ifndef PROVNET_TRAINER_FAITHFULNESS_RANK_CORRELATION_H_
#define PROVNET_TRAINER_FAITHFULNESS_RANK_CORRELATION_H_

#include <span>
#include <vector>

namespace provnet {

// Ranks 1 .. n; equal values share the mean of their ranks. Values are not NaN. O(n log n).
std::vector<double> AverageRanks(std::span<const double> values);

// Pearson's correlation coefficient of two series of one length; 0 when either is constant.
double PearsonCorrelation(std::span<const double> a, std::span<const double> b);

// Spearman's rank correlation (1904): Pearson's of the average ranks.
double SpearmanCorrelation(std::span<const double> a, std::span<const double> b);

}  // namespace provnet

#endif  // PROVNET_TRAINER_FAITHFULNESS_RANK_CORRELATION_H_
