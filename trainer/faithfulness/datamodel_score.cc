#include "trainer/faithfulness/datamodel_score.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

#include "trainer/data/random.h"
#include "trainer/faithfulness/rank_correlation.h"

namespace provnet {
namespace {

constexpr uint32_t kSplits = 20;

// One row a query, one entry a subset.
using Series = std::vector<std::vector<double>>;

Series SummedScores(const FloatMatrix& scores, const std::vector<std::vector<uint64_t>>& subsets) {
  Series sums(scores.rows(), std::vector<double>(subsets.size()));
  for (size_t q = 0; q < scores.rows(); ++q) {
    const std::span<const float> row = scores.row(q);
    for (size_t s = 0; s < subsets.size(); ++s) {
      double sum = 0;
      for (uint64_t sample : subsets[s]) sum += row[sample];
      sums[q][s] = sum;
    }
  }
  return sums;
}

// The margins averaged over the fits at `chosen`.
Series MeanMargins(const Retrains& retrains, std::span<const size_t> chosen) {
  const size_t queries = retrains.margins.front().columns;
  Series means(queries, std::vector<double>(retrains.subsets.size()));
  for (size_t fit : chosen) {
    for (size_t s = 0; s < retrains.subsets.size(); ++s) {
      const std::span<const float> margins = retrains.margins[fit].row(s);
      for (size_t q = 0; q < queries; ++q) {
        means[q][s] += double{margins[q]} / static_cast<double>(chosen.size());
      }
    }
  }
  return means;
}

double MeanSpearman(const Series& a, const Series& b) {
  double sum = 0;
  for (size_t q = 0; q < a.size(); ++q) sum += SpearmanCorrelation(a[q], b[q]);
  return sum / static_cast<double>(a.size());
}

Series Resampled(const Series& series, const std::vector<size_t>& subsets) {
  Series drawn(series.size());
  for (size_t q = 0; q < series.size(); ++q) {
    for (size_t s : subsets) drawn[q].push_back(series[q][s]);
  }
  return drawn;
}

// Of sorted values.
double Percentile(const std::vector<double>& sorted, double share) {
  const double position = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(position);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (position - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

// Mean correlation between the means of two disjoint sets of `size` fits.
double SplitCorrelation(const Retrains& retrains, size_t size, uint64_t seed) {
  std::vector<size_t> order(retrains.margins.size());
  double sum = 0;
  for (uint32_t split = 0; split < kSplits; ++split) {
    std::iota(order.begin(), order.end(), size_t{0});
    Rng rng(MixSeed(seed, split));
    rng.Shuffle(order);
    const std::span<const size_t> fits(order);
    sum += MeanSpearman(MeanMargins(retrains, fits.first(size)),
                        MeanMargins(retrains, fits.subspan(size, size)));
  }
  return sum / kSplits;
}

// A score on all subsets, and on each of the draws that a seed gives.
struct Draws {
  double value = 0;
  std::vector<double> resampled;
};

Draws DrawScores(const FloatMatrix& scores, const Retrains& retrains, uint32_t resamples,
                 uint64_t seed) {
  std::vector<size_t> all(retrains.margins.size());
  std::iota(all.begin(), all.end(), size_t{0});
  const Series predicted = SummedScores(scores, retrains.subsets);
  const Series measured = MeanMargins(retrains, all);
  Draws draws{MeanSpearman(predicted, measured), {}};
  std::vector<size_t> drawn(retrains.subsets.size());
  for (uint32_t i = 0; i < resamples; ++i) {
    Rng rng(MixSeed(seed, i));
    for (size_t& subset : drawn) subset = rng.Below(retrains.subsets.size());
    draws.resampled.push_back(
        MeanSpearman(Resampled(predicted, drawn), Resampled(measured, drawn)));
  }
  return draws;
}

Interval ToInterval(Draws draws) {
  if (draws.resampled.empty()) return {draws.value, draws.value, draws.value};
  std::sort(draws.resampled.begin(), draws.resampled.end());
  return {draws.value, Percentile(draws.resampled, 0.025), Percentile(draws.resampled, 0.975)};
}

}  // namespace

Interval LinearDatamodelingScore(const FloatMatrix& scores, const Retrains& retrains,
                                 uint32_t resamples, uint64_t seed) {
  return ToInterval(DrawScores(scores, retrains, resamples, seed));
}

Interval DatamodelingScoreDifference(const FloatMatrix& scores, const FloatMatrix& others,
                                     const Retrains& retrains, uint32_t resamples, uint64_t seed) {
  Draws difference = DrawScores(scores, retrains, resamples, seed);
  const Draws subtracted = DrawScores(others, retrains, resamples, seed);
  difference.value -= subtracted.value;
  for (size_t i = 0; i < difference.resampled.size(); ++i) {
    difference.resampled[i] -= subtracted.resampled[i];
  }
  return ToInterval(std::move(difference));
}

Ceiling SplitHalfCeiling(const Retrains& retrains, uint64_t seed) {
  Ceiling ceiling;
  const size_t fits = retrains.margins.size();
  if (fits < 2) return ceiling;
  ceiling.fit_to_fit = SplitCorrelation(retrains, 1, seed);
  const size_t half = fits / 2;
  const double split = SplitCorrelation(retrains, half, seed);
  const double times = static_cast<double>(fits) / static_cast<double>(half);
  ceiling.reliability = times * split / (1 + (times - 1) * split);
  ceiling.best_score = std::sqrt(std::max(0.0, ceiling.reliability));
  return ceiling;
}

}  // namespace provnet
