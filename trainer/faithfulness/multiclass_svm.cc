#include "trainer/faithfulness/multiclass_svm.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <numeric>
#include <span>

#include "trainer/data/random.h"

namespace provnet {
namespace {

double Dot(std::span<const float> a, std::span<const float> b) {
  // Four sums, so that the additions need not wait for each other.
  float sums[4] = {};
  size_t i = 0;
  for (; i + 4 <= a.size(); i += 4) {
    for (size_t k = 0; k < 4; ++k) sums[k] += a[i + k] * b[i + k];
  }
  for (; i < a.size(); ++i) sums[0] += a[i] * b[i];
  return double{sums[0]} + sums[1] + sums[2] + sums[3];
}

// Minimises, over a with a_c <= bound_c and sum 0, the sum over c of norm/2 a_c^2 + linear_c a_c.
// The solution is a_c = min(bound_c, (level - linear_c) / norm) for the one level that makes the
// sum 0: found over the sorted break points norm * bound_c + linear_c (Crammer, Singer 2001).
std::vector<double> SolveOne(double norm, const std::vector<double>& linear,
                             const std::vector<double>& bound) {
  const size_t classes = linear.size();
  std::vector<double> breaks(classes);
  for (size_t c = 0; c < classes; ++c) breaks[c] = norm * bound[c] + linear[c];
  std::vector<size_t> order(classes);
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return breaks[a] > breaks[b]; });
  // The first `free` classes in order are below their bounds, the others at them.
  double linear_sum = 0;
  double bound_sum = std::accumulate(bound.begin(), bound.end(), 0.0);
  double level = 0;
  for (size_t free = 0; free < classes; ++free) {
    linear_sum += linear[order[free]];
    bound_sum -= bound[order[free]];
    level = (linear_sum - norm * bound_sum) / static_cast<double>(free + 1);
    if (free + 1 == classes || level >= breaks[order[free + 1]]) break;
  }
  std::vector<double> solution(classes);
  for (size_t c = 0; c < classes; ++c) {
    solution[c] = std::min(bound[c], (level - linear[c]) / norm);
  }
  return solution;
}

class Solver {
 public:
  Solver(const FloatMatrix& features, const std::vector<uint32_t>& labels, uint32_t classes,
         const SvmOptions& options)
      : features_(features), labels_(labels), classes_(classes), options_(options) {
    svm_.alpha = FloatMatrix(features.rows(), classes);
    svm_.weights = FloatMatrix(classes, features.columns);
    for (size_t i = 0; i < features.rows(); ++i) {
      norms_.push_back(Dot(features.row(i), features.row(i)));
    }
  }

  Svm Solve() {
    std::vector<uint64_t> order(features_.rows());
    std::iota(order.begin(), order.end(), uint64_t{0});
    for (uint32_t pass = 0; pass < options_.max_passes; ++pass) {
      Rng rng(MixSeed(options_.seed, pass));
      rng.Shuffle(order);
      svm_.violation = 0;
      for (uint64_t i : order) svm_.violation = std::max(svm_.violation, Update(i));
      if (svm_.violation <= options_.tolerance) break;
    }
    return std::move(svm_);
  }

 private:
  double Bound(uint64_t i, uint32_t c) const { return c == labels_[i] ? options_.cost : 0; }

  // Solves for sample i with the others fixed; returns by how much it violated optimality.
  double Update(uint64_t i) {
    const std::span<const float> x = features_.row(i);
    const double norm = norms_[i];
    if (norm <= 0) return 0;
    const std::span<float> alpha = svm_.alpha.row(i);
    std::vector<double> gradient(classes_), linear(classes_), bound(classes_);
    double highest = -std::numeric_limits<double>::infinity();
    double lowest = std::numeric_limits<double>::infinity();
    for (uint32_t c = 0; c < classes_; ++c) {
      bound[c] = Bound(i, c);
      // The loss asks for a margin of 1 over every other class.
      gradient[c] = Dot(svm_.weights.row(c), x) + (c == labels_[i] ? 0 : 1);
      linear[c] = gradient[c] - norm * alpha[c];
      highest = std::max(highest, gradient[c]);
      if (alpha[c] < bound[c]) lowest = std::min(lowest, gradient[c]);
    }
    const double violation = highest - lowest;
    if (violation <= options_.tolerance) return std::max(violation, 0.0);
    const std::vector<double> solution = SolveOne(norm, linear, bound);
    for (uint32_t c = 0; c < classes_; ++c) {
      const auto step = static_cast<float>(solution[c] - alpha[c]);
      if (step == 0) continue;
      const std::span<float> weights = svm_.weights.row(c);
      for (size_t d = 0; d < x.size(); ++d) weights[d] += step * x[d];
      alpha[c] = static_cast<float>(solution[c]);
    }
    return violation;
  }

  const FloatMatrix& features_;
  const std::vector<uint32_t>& labels_;
  const uint32_t classes_;
  const SvmOptions options_;
  std::vector<double> norms_;
  Svm svm_;
};

}  // namespace

Svm FitMulticlassSvm(const FloatMatrix& features, const std::vector<uint32_t>& labels,
                     uint32_t classes, const SvmOptions& options) {
  return Solver(features, labels, classes, options).Solve();
}

}  // namespace provnet
