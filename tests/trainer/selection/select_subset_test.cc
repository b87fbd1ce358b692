#include "trainer/selection/select_subset.h"

#include <ATen/Parallel.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "tests/testing/status_matchers.h"
#include "trainer/data/glyphs.h"
#include "trainer/data/label_noise.h"
#include "trainer/data/subset.h"

namespace provnet {
namespace {

constexpr SubsetStrategy kAll[] = {SubsetStrategy::kRandom,     SubsetStrategy::kHerding,
                                   SubsetStrategy::kKCenter,    SubsetStrategy::kEl2n,
                                   SubsetStrategy::kForgetting, SubsetStrategy::kCoverage};

class Silence : public ProgressListener {
 public:
  void BatchDone(const TrainingProgress&) override {}
  void EpochDone(const TrainingProgress&) override { ++epochs; }
  void Note(absl::string_view) override { ++notes; }
  int epochs = 0, notes = 0;
};

class SelectSubsetTest : public ::testing::Test {
 protected:
  SelectSubsetTest() { at::set_num_threads(1); }

  ScoringContext Context() {
    return {progress_, [this] { return stop_; }};
  }

  const Dataset data_ = MakeGlyphs(600, 1, 1).train;
  const ScoringOptions options_{.seed = 1, .epochs = 3, .el2n_fits = 2, .el2n_epoch = 2};
  Silence progress_;
  bool stop_ = false;
};

TEST_F(SelectSubsetTest, EveryStrategyTakesTheSameSharesDeterministically) {
  for (const SubsetStrategy strategy : kAll) {
    SCOPED_TRACE(SubsetStrategyName(strategy));
    const auto scores = ScoreSamples(strategy, data_, options_, Context());
    ASSERT_THAT(scores, IsOk());
    const auto chosen = ChooseSubset(strategy, data_, *scores, 0.3, 1);
    ASSERT_THAT(chosen, IsOk());
    EXPECT_EQ(chosen->size(), 180u);
    EXPECT_TRUE(std::is_sorted(chosen->begin(), chosen->end()));
    EXPECT_EQ(std::set<uint64_t>(chosen->begin(), chosen->end()).size(), 180u);
    std::vector<int> counts(10);
    for (const uint64_t position : *chosen) ++counts[data_.labels[position]];
    for (const int count : counts) EXPECT_EQ(count, 18);
    const auto again = ScoreSamples(strategy, data_, options_, Context());
    EXPECT_EQ(*ChooseSubset(strategy, data_, *again, 0.3, 1), *chosen);
    EXPECT_EQ(ChooseSubset(strategy, data_, *scores, 1, 1)->size(), 600u);
  }
}

TEST_F(SelectSubsetTest, El2nFindsWrongLabelsHard) {
  Dataset noisy = data_;
  const auto wrong = InjectLabelNoise({LabelNoise::Kind::kSymmetric, 0.1}, 10, 1, noisy.labels);
  ASSERT_THAT(wrong, IsOk());
  ScoringOptions options = options_;
  options.el2n_epoch = 10;
  const auto scores = El2nScores(noisy, options, Context());
  ASSERT_THAT(scores, IsOk());
  double of_wrong = 0, of_all = 0;
  for (const uint64_t position : *wrong) of_wrong += (*scores)[position] / wrong->size();
  for (const float score : *scores) {
    of_all += score / static_cast<double>(scores->size());
    EXPECT_GE(score, 0);
    EXPECT_LE(score, std::sqrt(2.0F) + 1e-5F);
  }
  EXPECT_GT(of_wrong, 1.3 * of_all);
}

TEST_F(SelectSubsetTest, ForgettingCountsEventsAndPutsNeverLearntFirst) {
  Dataset noisy = data_;
  const auto wrong = InjectLabelNoise({LabelNoise::Kind::kSymmetric, 0.1}, 10, 1, noisy.labels);
  ScoringOptions options = options_;
  options.epochs = 6;
  const auto scores = ForgettingScores(noisy, options, Context());
  ASSERT_THAT(scores, IsOk());
  EXPECT_EQ(progress_.epochs, 6);
  double never_learnt = 0, never_learnt_wrong = 0;
  for (const float score : *scores) {
    EXPECT_EQ(score, std::floor(score));
    // Right and wrong in turns is at most 3 events in 6 epochs.
    EXPECT_TRUE(score <= 3 || score == 6) << score;
    never_learnt += score == 6;
  }
  for (const uint64_t position : *wrong) never_learnt_wrong += (*scores)[position] == 6;
  // Wrong labels are a tenth of all. How many are never learnt differs with the processor's
  // roundings.
  EXPECT_GT(never_learnt_wrong, 0.25 * static_cast<double>(wrong->size()));
  EXPECT_GT(never_learnt_wrong, 0.5 * never_learnt);
}

TEST_F(SelectSubsetTest, FeaturesAreThoseOfTheTinyNetwork) {
  const auto features = ClassifierFeatures(data_, options_, Context());
  ASSERT_THAT(features, IsOk());
  EXPECT_EQ(features->rows(), 600u);
  EXPECT_EQ(features->columns, 512u);
  EXPECT_EQ(progress_.notes, 1);
}

TEST_F(SelectSubsetTest, StopsWhenAsked) {
  stop_ = true;
  EXPECT_THAT(ScoreSamples(SubsetStrategy::kEl2n, data_, options_, Context()).status(),
              StatusIs(absl::StatusCode::kCancelled, ::testing::_));
}

}  // namespace
}  // namespace provnet
