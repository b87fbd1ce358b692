#include "trainer/audit/confident_joint.h"

#include <numeric>

namespace provnet {
namespace {

std::vector<uint64_t> CountLabels(std::span<const uint32_t> labels, size_t classes) {
  std::vector<uint64_t> sizes(classes);
  for (const uint32_t label : labels) ++sizes[label];
  return sizes;
}

std::vector<double> SelfConfidence(const FloatMatrix& probabilities,
                                   std::span<const uint32_t> labels,
                                   std::span<const uint64_t> sizes) {
  std::vector<double> sums(sizes.size());
  for (size_t i = 0; i < labels.size(); ++i) sums[labels[i]] += probabilities.row(i)[labels[i]];
  for (size_t c = 0; c < sums.size(); ++c) {
    sums[c] = sizes[c] > 0 ? sums[c] / static_cast<double>(sizes[c]) : 1;
  }
  return sums;
}

// The class of most probability among those that reach their thresholds; C when none does.
size_t ConfidentClass(std::span<const float> probabilities, std::span<const double> thresholds) {
  size_t best = probabilities.size();
  for (size_t c = 0; c < probabilities.size(); ++c) {
    if (probabilities[c] < thresholds[c]) continue;
    if (best == probabilities.size() || probabilities[c] > probabilities[best]) best = c;
  }
  return best;
}

// A row without counts says nothing of confusions: all its samples stay on the diagonal.
std::vector<double> Calibrate(std::span<const uint64_t> counts, size_t given, uint64_t size) {
  std::vector<double> row(counts.begin(), counts.end());
  const double sum = std::accumulate(row.begin(), row.end(), 0.0);
  if (sum == 0) row[given] = 1;
  for (double& value : row) value *= static_cast<double>(size) / (sum == 0 ? 1 : sum);
  return row;
}

}  // namespace

ConfidentJoint EstimateConfidentJoint(const FloatMatrix& probabilities,
                                      std::span<const uint32_t> labels) {
  const size_t classes = probabilities.columns;
  const std::vector<uint64_t> sizes = CountLabels(labels, classes);
  ConfidentJoint joint;
  joint.thresholds = SelfConfidence(probabilities, labels, sizes);
  joint.counts.assign(classes, std::vector<uint64_t>(classes));
  for (size_t i = 0; i < labels.size(); ++i) {
    const size_t suggested = ConfidentClass(probabilities.row(i), joint.thresholds);
    if (suggested < classes) ++joint.counts[labels[i]][suggested];
  }
  for (size_t c = 0; c < classes; ++c) {
    joint.calibrated.push_back(Calibrate(joint.counts[c], c, sizes[c]));
    joint.estimated_errors += static_cast<double>(sizes[c]) - joint.calibrated[c][c];
  }
  return joint;
}

}  // namespace provnet
