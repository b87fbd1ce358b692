#include "trainer/faithfulness/multiclass_svm.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "trainer/data/random.h"

namespace provnet {
namespace {

constexpr uint32_t kClasses = 3;
constexpr size_t kDim = 5;

struct Samples {
  FloatMatrix features;
  std::vector<uint32_t> labels;
};

// Gaussian clouds, one about each class's axis.
Samples Clouds(size_t count, double spread, uint64_t seed) {
  Samples samples{FloatMatrix(count, kDim), {}};
  Rng rng(seed);
  for (size_t i = 0; i < count; ++i) {
    samples.labels.push_back(static_cast<uint32_t>(i % kClasses));
    for (size_t d = 0; d < kDim; ++d) {
      samples.features.row(i)[d] =
          static_cast<float>((d == i % kClasses ? 2 : 0) + spread * rng.Normal());
    }
  }
  return samples;
}

double Score(const Svm& svm, uint32_t c, std::span<const float> x) {
  double sum = 0;
  for (size_t d = 0; d < x.size(); ++d) sum += double{svm.weights.row(c)[d]} * x[d];
  return sum;
}

// Primal and dual objective; equal at the optimum alone.
double DualityGap(const Svm& svm, const Samples& samples, double cost) {
  double norm = 0, loss = 0, linear = 0;
  for (float w : svm.weights.values) norm += 0.5 * double{w} * w;
  for (size_t i = 0; i < samples.labels.size(); ++i) {
    const auto x = samples.features.row(i);
    double worst = 0;
    for (uint32_t c = 0; c < kClasses; ++c) {
      const bool own = c == samples.labels[i];
      worst = std::max(worst, Score(svm, c, x) - Score(svm, samples.labels[i], x) + (own ? 0 : 1));
      if (!own) linear += svm.alpha.row(i)[c];
    }
    loss += cost * worst;
  }
  return (norm + loss) - (-norm - linear);
}

TEST(MulticlassSvm, ClosesTheDualityGap) {
  const Samples samples = Clouds(90, 1.0, 3);
  for (double cost : {0.05, 1.0}) {
    const Svm svm = FitMulticlassSvm(samples.features, samples.labels, kClasses,
                                     {.cost = cost, .max_passes = 3000, .tolerance = 1e-4});
    EXPECT_LE(svm.violation, 1e-3);
    EXPECT_NEAR(DualityGap(svm, samples, cost), 0, 0.01 * cost * 90) << cost;
  }
}

TEST(MulticlassSvm, KeepsTheConstraintsOfTheDual) {
  const Samples samples = Clouds(60, 1.0, 4);
  const Svm svm = FitMulticlassSvm(samples.features, samples.labels, kClasses, {.cost = 0.5});
  FloatMatrix weights(kClasses, kDim);
  for (size_t i = 0; i < samples.labels.size(); ++i) {
    double sum = 0;
    for (uint32_t c = 0; c < kClasses; ++c) {
      const float alpha = svm.alpha.row(i)[c];
      sum += alpha;
      EXPECT_LE(alpha, c == samples.labels[i] ? 0.5f : 0.0f);
      for (size_t d = 0; d < kDim; ++d) weights.row(c)[d] += alpha * samples.features.row(i)[d];
    }
    EXPECT_NEAR(sum, 0, 1e-5);
  }
  for (size_t k = 0; k < weights.values.size(); ++k) {
    EXPECT_NEAR(weights.values[k], svm.weights.values[k], 1e-3);
  }
}

TEST(MulticlassSvm, SeparatesWhatCanBeSeparated) {
  const Samples samples = Clouds(90, 0.2, 5);
  const Svm svm = FitMulticlassSvm(samples.features, samples.labels, kClasses,
                                   {.cost = 100, .max_passes = 500});
  for (size_t i = 0; i < samples.labels.size(); ++i) {
    for (uint32_t c = 0; c < kClasses; ++c) {
      if (c == samples.labels[i]) continue;
      EXPECT_GT(Score(svm, samples.labels[i], samples.features.row(i)),
                Score(svm, c, samples.features.row(i)));
    }
  }
  // Few samples carry the decision.
  size_t support = 0;
  for (size_t i = 0; i < samples.labels.size(); ++i) {
    support += svm.alpha.row(i)[samples.labels[i]] > 1e-6 ? 1 : 0;
  }
  EXPECT_LT(support, samples.labels.size() / 2);
}

}  // namespace
}  // namespace provnet
