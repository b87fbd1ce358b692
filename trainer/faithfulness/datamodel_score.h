#ifndef PROVNET_TRAINER_FAITHFULNESS_DATAMODEL_SCORE_H_
#define PROVNET_TRAINER_FAITHFULNESS_DATAMODEL_SCORE_H_

#include <cstdint>
#include <vector>

#include "trainer/data/float_matrix.h"

namespace provnet {

// The linear datamodeling score (Park et al. 2023, "TRAK: Attributing Model Behavior at Scale",
// section 2): do attribution scores foretell what a model trained on another subset of the data
// will say? N training samples, Q queries, S subsets, R fits on each subset.

// What the models fitted on the subsets really said.
struct Retrains {
  // S subsets of the samples 0 .. N-1.
  std::vector<std::vector<uint64_t>> subsets;
  // margins[r], for fit r of every subset: [S, Q], the margin ln p / (1 - p) of each query's true
  // class.
  std::vector<FloatMatrix> margins;
};

// An estimate with its 95 % interval (percentiles of a bootstrap).
struct Interval {
  double value = 0;
  double low = 0;
  double high = 0;
};

// Mean over queries of Spearman's correlation, over subsets, between the summed `scores` ([Q, N])
// of the samples in a subset and the margin, averaged over the fits. The interval is that of
// drawing other subsets: `resamples` bootstraps over the subsets, from `seed`.
Interval LinearDatamodelingScore(const FloatMatrix& scores, const Retrains& retrains,
                                 uint32_t resamples, uint64_t seed);

// By how much the first scores' measure exceeds the second's. Both are judged on the same draws of
// subsets, so the interval is far narrower than their own intervals suggest.
Interval DatamodelingScoreDifference(const FloatMatrix& scores, const FloatMatrix& others,
                                     const Retrains& retrains, uint32_t resamples, uint64_t seed);

// How well the subset determines the margin at all, which bounds every method.
struct Ceiling {
  // Mean Spearman correlation between the margins of two single fits of each subset.
  double fit_to_fit = 0;
  // The reliability of the mean over all R fits: correlation between disjoint halves of the fits,
  // carried over to R fits by the Spearman-Brown formula.
  double reliability = 0;
  // sqrt(reliability): the correlation that the exact expected margin would reach.
  double best_score = 0;
};

// Over all ways to pair fits, up to 20 random splits from `seed`. With fewer than 2 fits all are 0.
Ceiling SplitHalfCeiling(const Retrains& retrains, uint64_t seed);

}  // namespace provnet

#endif  // PROVNET_TRAINER_FAITHFULNESS_DATAMODEL_SCORE_H_
