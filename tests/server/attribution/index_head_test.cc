#include "server/attribution/index_head.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "tests/testing/brute_force_ranking.h"

namespace provnet {
namespace {

// Serves given logits, so that ranking is tested apart from any network.
class FixedIndexHead final : public IndexHead {
 public:
  FixedIndexHead(CandidateLayout layout, at::Tensor logits)
      : IndexHead(std::move(layout)), logits_(std::move(logits)) {}

 protected:
  absl::StatusOr<at::Tensor> VisitLogits(const at::Tensor&, const at::Tensor&,
                                         BlockVisitor visit) const override {
    visit(0, logits_);
    return at::Tensor();
  }

 private:
  const at::Tensor logits_;
};

// Searches logits that are rounded to bfloat16; its queries are row numbers, by which it finds the
// exact ones.
class RoundedIndexHead final : public IndexHead {
 public:
  RoundedIndexHead(CandidateLayout layout, at::Tensor logits)
      : IndexHead(std::move(layout)), logits_(std::move(logits)) {}

 protected:
  // In blocks, the last of them smaller.
  absl::StatusOr<at::Tensor> VisitLogits(const at::Tensor&, const at::Tensor&,
                                         BlockVisitor visit) const override {
    const at::Tensor logits = logits_.to(at::kBFloat16).to(at::kFloat);
    for (int64_t first = 0; first < logits.size(1); first += 150) {
      const int64_t count = std::min<int64_t>(150, logits.size(1) - first);
      visit(first, logits.narrow(1, first, count));
    }
    return at::arange(logits_.size(0)).unsqueeze(1);
  }
  bool rounds() const override { return true; }
  at::Tensor ExactLogits(const at::Tensor& query, const at::Tensor& columns) const override {
    return logits_[query[0].item<int64_t>()].index_select(0, columns);
  }

 private:
  const at::Tensor logits_;
};

using Candidates = std::vector<std::pair<uint64_t, double>>;

void ExpectEqual(const std::vector<RankedSample>& got,
                 const std::vector<BruteForceRanking::Entry>& expected, int64_t row) {
  ASSERT_EQ(got.size(), expected.size()) << "row " << row;
  for (size_t j = 0; j < got.size(); ++j) {
    EXPECT_EQ(got[j].sample_index, expected[j].sample_index) << "row " << row << " rank " << j + 1;
    EXPECT_NEAR(got[j].score, expected[j].score, 1e-5) << "row " << row << " rank " << j + 1;
  }
}

TEST(IndexHeadTest, RanksWithinThePredictedClassLikeBruteForce) {
  torch::manual_seed(4);
  const std::vector<uint32_t> labels = {0, 1, 2, 0, 0, 1, 2, 0, 1, 0};
  const int64_t batch = 40;
  // Coarse values: many ties.
  const at::Tensor logits = at::randint(-5, 5, {batch, 8}).to(at::kFloat);
  const at::Tensor classes = at::randint(0, 3, {batch}, at::kLong);
  std::vector<uint32_t> top_k;
  for (int64_t b = 0; b < batch; ++b) top_k.push_back(static_cast<uint32_t>(1 + b % 7));
  const FixedIndexHead head(CandidateLayout::PerClass(labels, 3), logits);
  const auto ranked = head.Rank(at::zeros({batch, 1}), classes, top_k);
  ASSERT_TRUE(ranked.ok()) << ranked.status();
  for (int64_t b = 0; b < batch; ++b) {
    Candidates candidates;
    for (uint64_t i = 0; i < labels.size(); ++i) {
      if (labels[i] != classes[b].item<int64_t>()) continue;
      candidates.emplace_back(i, logits[b][static_cast<int64_t>(candidates.size())].item<double>());
    }
    ExpectEqual((*ranked)[static_cast<size_t>(b)],
                BruteForceRanking::Rank(candidates, top_k[static_cast<size_t>(b)]), b);
  }
}

TEST(IndexHeadTest, WhatRoundingMixedUpIsRankedByItsExactLogits) {
  torch::manual_seed(7);
  // Rounded to eight bits, values around 8 are a thirty-second apart: many ties and wrong orders.
  const at::Tensor logits = at::randn({20, 400}) + 5;
  const RoundedIndexHead head(CandidateLayout::AllSamples(400), logits);
  const auto ranked =
      head.Rank(at::zeros({20, 1}), at::zeros({20}, at::kLong), std::vector<uint32_t>(20, 10));
  ASSERT_TRUE(ranked.ok()) << ranked.status();
  for (int64_t b = 0; b < 20; ++b) {
    const auto& row = (*ranked)[static_cast<size_t>(b)];
    Candidates candidates;
    for (int64_t i = 0; i < 400; ++i) candidates.emplace_back(i, logits[b][i].item<double>());
    const auto expected = BruteForceRanking::Rank(candidates, 10);
    ASSERT_EQ(row.size(), 10U);
    for (size_t j = 0; j < row.size(); ++j) {
      EXPECT_EQ(row[j].sample_index, expected[j].sample_index) << "row " << b << " rank " << j + 1;
      // The denominator's other terms stay rounded.
      EXPECT_NEAR(row[j].score / expected[j].score, 1, 5e-3);
    }
  }
}

TEST(IndexHeadTest, RefiningKeepsToTheCandidatesOfTheClass) {
  // Class 1 has two samples; the columns behind them are larger and stand for nothing.
  const RoundedIndexHead head(CandidateLayout::PerClass(std::vector<uint32_t>{0, 1, 0, 1, 0}, 2),
                              at::tensor({1.0F, 1.001F, 9.0F}).unsqueeze(0));
  const auto ranked =
      head.Rank(at::zeros({1, 1}), at::tensor({1}, at::kLong), std::vector<uint32_t>(1, 10));
  ASSERT_TRUE(ranked.ok()) << ranked.status();
  ASSERT_EQ((*ranked)[0].size(), 2U);
  EXPECT_EQ((*ranked)[0][0].sample_index, 3U);
  EXPECT_EQ((*ranked)[0][1].sample_index, 1U);
  EXPECT_NEAR((*ranked)[0][0].score + (*ranked)[0][1].score, 1, 1e-5);
}

TEST(IndexHeadTest, RanksOverAllSamplesLikeBruteForce) {
  torch::manual_seed(5);
  const at::Tensor logits = at::randn({6, 50}) * 10;
  const FixedIndexHead head(CandidateLayout::AllSamples(50), logits);
  const auto ranked =
      head.Rank(at::zeros({6, 1}), at::zeros({6}, at::kLong), std::vector<uint32_t>(6, 10));
  ASSERT_TRUE(ranked.ok()) << ranked.status();
  for (int64_t b = 0; b < 6; ++b) {
    Candidates candidates;
    for (int64_t i = 0; i < 50; ++i) candidates.emplace_back(i, logits[b][i].item<double>());
    ExpectEqual((*ranked)[static_cast<size_t>(b)], BruteForceRanking::Rank(candidates, 10), b);
  }
}

TEST(IndexHeadTest, ScoresOfAllCandidatesSumToOne) {
  const FixedIndexHead head(CandidateLayout::PerClass({0, 0, 0, 1}, 2), at::randn({1, 5}) * 3);
  const auto ranked = head.Rank(at::zeros({1, 1}), at::zeros({1}, at::kLong), {9});
  ASSERT_TRUE(ranked.ok());
  ASSERT_EQ(ranked->front().size(), 3) << "columns beyond the class's samples must not appear";
  float sum = 0;
  for (const RankedSample& sample : ranked->front()) sum += sample.score;
  EXPECT_NEAR(sum, 1, 1e-5);
}

// The statistics of `logits` by their definitions, in double.
struct SlowStatistics {
  explicit SlowStatistics(const std::vector<double>& logits) {
    const double largest = *std::max_element(logits.begin(), logits.end());
    double sum = 0;
    for (const double logit : logits) sum += std::exp(logit - largest);
    for (const double logit : logits) {
      const double p = std::exp(logit - largest) / sum;
      if (p > 0) negative_entropy += p * std::log(p);
    }
    log_max_probability = -std::log(sum);
    max_logit = largest;
    std::vector<double> sorted = logits;
    std::sort(sorted.rbegin(), sorted.rend());
    margin = sorted[0] - sorted[1];
  }
  double negative_entropy = 0, log_max_probability = 0, max_logit = 0, margin = 0;
};

void ExpectMeasured(const MeasuredRow& got, const Candidates& candidates, int64_t row) {
  std::vector<double> logits;
  for (const auto& [index, logit] : candidates) logits.push_back(logit);
  const SlowStatistics expected(logits);
  EXPECT_NEAR(got.statistics.negative_entropy, expected.negative_entropy, 1e-4) << "row " << row;
  EXPECT_NEAR(got.statistics.log_max_probability, expected.log_max_probability, 1e-4) << row;
  EXPECT_NEAR(got.statistics.max_logit, expected.max_logit, 1e-4) << "row " << row;
  EXPECT_NEAR(got.statistics.margin, expected.margin, 1e-4) << "row " << row;
  ASSERT_TRUE(got.nearest.has_value()) << "row " << row;
  ExpectEqual({*got.nearest}, BruteForceRanking::Rank(candidates, 1), row);
}

TEST(IndexHeadTest, MeasuresEachRowOverTheClassInQuestionLikeBruteForce) {
  torch::manual_seed(6);
  const std::vector<uint32_t> labels = {0, 1, 2, 0, 0, 1, 2, 0, 1, 0};
  const int64_t batch = 30;
  const at::Tensor logits = at::randn({batch, 8}) * 5;
  const at::Tensor classes = at::randint(0, 3, {batch}, at::kLong);
  const FixedIndexHead head(CandidateLayout::PerClass(labels, 3), logits);
  const auto measured = head.Measure(at::zeros({batch, 1}), classes);
  ASSERT_TRUE(measured.ok()) << measured.status();
  for (int64_t b = 0; b < batch; ++b) {
    Candidates candidates;
    for (uint64_t i = 0; i < labels.size(); ++i) {
      if (labels[i] != classes[b].item<int64_t>()) continue;
      candidates.emplace_back(i, logits[b][static_cast<int64_t>(candidates.size())].item<double>());
    }
    ExpectMeasured((*measured)[static_cast<size_t>(b)], candidates, b);
  }
}

TEST(IndexHeadTest, MeasuresNothingForAClassWithoutSamples) {
  const FixedIndexHead head(CandidateLayout::PerClass({0, 0}, 2), at::randn({2, 2}));
  const auto measured = head.Measure(at::zeros({2, 1}), at::tensor({0, 1}, at::kLong));
  ASSERT_TRUE(measured.ok()) << measured.status();
  EXPECT_TRUE((*measured)[0].nearest.has_value());
  EXPECT_FALSE((*measured)[1].nearest.has_value());
}

TEST(IndexHeadTest, OneRowThatIsNotFiniteLeavesItsBatchMatesAlone) {
  at::Tensor logits = at::zeros({2, 3});
  logits[0][1] = std::numeric_limits<float>::quiet_NaN();
  const FixedIndexHead head(CandidateLayout::AllSamples(3), logits);
  const auto ranked = head.Rank(at::zeros({2, 1}), at::zeros({2}, at::kLong), {1, 1});
  ASSERT_TRUE(ranked.ok());
  EXPECT_TRUE(std::isnan((*ranked)[0][0].score));
  EXPECT_NEAR((*ranked)[1][0].score, 1.0 / 3, 1e-6);
  const auto measured = head.Measure(at::zeros({2, 1}), at::zeros({2}, at::kLong));
  ASSERT_TRUE(measured.ok());
  EXPECT_TRUE(std::isnan((*measured)[0].statistics.max_logit));
  EXPECT_NEAR((*measured)[1].statistics.log_max_probability, -std::log(3.0), 1e-6);
}

}  // namespace
}  // namespace provnet
