#include "trainer/audit/label_scores.h"

#include <algorithm>
#include <cmath>

namespace provnet {
namespace {

// exp of each value, scaled to sum to 1.
void Normalise(std::span<const double> logarithms, std::span<float> out) {
  const double largest = *std::max_element(logarithms.begin(), logarithms.end());
  double sum = 0;
  for (const double value : logarithms) sum += std::exp(value - largest);
  for (size_t c = 0; c < out.size(); ++c) {
    out[c] = static_cast<float>(std::exp(logarithms[c] - largest) / sum);
  }
}

uint32_t BestOther(std::span<const double> values, uint32_t own) {
  uint32_t best = own == 0 ? 1 : 0;
  for (uint32_t c = 0; c < values.size(); ++c) {
    if (c != own && values[c] > values[best]) best = c;
  }
  return best;
}

}  // namespace

FloatMatrix NeighbourVotes(const NeighbourLists& neighbours, std::span<const uint32_t> labels,
                           size_t classes) {
  FloatMatrix votes(neighbours.size(), classes);
  const float whole = static_cast<float>(neighbours.k + 1);
  for (size_t i = 0; i < votes.rows(); ++i) {
    const std::span<float> row = votes.row(i);
    std::fill(row.begin(), row.end(), 1.0F / static_cast<float>(classes) / whole);
    for (const Neighbour& neighbour : neighbours.of(i)) row[labels[neighbour.row]] += 1 / whole;
  }
  return votes;
}

LabelScores ScoreLabels(const FloatMatrix& log_probabilities, const FloatMatrix& votes,
                        std::span<const uint32_t> labels) {
  const size_t classes = log_probabilities.columns;
  LabelScores scores;
  scores.probabilities = FloatMatrix(labels.size(), classes);
  std::vector<double> logarithms(classes);
  for (size_t i = 0; i < labels.size(); ++i) {
    for (size_t c = 0; c < classes; ++c) {
      logarithms[c] = double{log_probabilities.row(i)[c]} + std::log(double{votes.row(i)[c]});
    }
    Normalise(logarithms, scores.probabilities.row(i));
    const uint32_t other = BestOther(logarithms, labels[i]);
    scores.log_odds.push_back(logarithms[other] - logarithms[labels[i]]);
    scores.suggested.push_back(scores.log_odds.back() > 0 ? other : labels[i]);
  }
  return scores;
}

}  // namespace provnet
