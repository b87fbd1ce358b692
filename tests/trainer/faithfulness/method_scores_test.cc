#include "trainer/faithfulness/method_scores.h"

#include <gmock/gmock.h>

#include "tests/testing/status_matchers.h"
#include "trainer/data/random.h"
#include "trainer/faithfulness/half_subsets.h"

namespace provnet {
namespace {

constexpr size_t kSamples = 30, kQueries = 8;

FloatMatrix Normal(uint64_t seed) {
  FloatMatrix scores(kQueries, kSamples);
  Rng rng(seed);
  for (float& value : scores.values) value = static_cast<float>(rng.Normal());
  return scores;
}

FloatMatrix Mixed(const FloatMatrix& a, float share, const FloatMatrix& b) {
  FloatMatrix sum = a;
  for (size_t i = 0; i < sum.values.size(); ++i) {
    sum.values[i] = share * a.values[i] + (1 - share) * b.values[i];
  }
  return sum;
}

// Margins that are sums of known contributions.
class JudgeMethodsTest : public ::testing::Test {
 protected:
  JudgeMethodsTest() {
    retrains_.subsets = RandomHalves(kSamples, 40, 3);
    for (int fit = 0; fit < 2; ++fit) {
      FloatMatrix& margins = retrains_.margins.emplace_back(40, kQueries);
      for (size_t s = 0; s < 40; ++s) {
        for (size_t q = 0; q < kQueries; ++q) {
          for (uint64_t i : retrains_.subsets[s]) margins.row(s)[q] += truth_.row(q)[i];
        }
      }
    }
    Add("same-label", MethodRole::kReference, Normal(10));
    Add("knn-pixels", MethodRole::kReference, Normal(11));
    Add("knn-features", MethodRole::kReference, Mixed(truth_, 0.4f, Normal(12)));
    Add("last-layer-tracin", MethodRole::kReference, Mixed(truth_, 0.9f, Normal(13)));
    Add("head-embedding", MethodRole::kHead, Normal(14));
    Add("sketch-256", MethodRole::kOnePass, Mixed(truth_, 0.9f, Normal(15)));
  }

  void Add(const std::string& method, MethodRole role, const FloatMatrix& scores) {
    attributions_.push_back({method, role, scores, {}});
    // Another query, which the halves' networks were not asked about.
    attributions_.back().scores.values.resize((kQueries + 1) * kSamples);
  }

  StudyResult Judge() {
    StudyResult result;
    EXPECT_THAT(JudgeMethods(attributions_, retrains_, options_, result), IsOk());
    return result;
  }

  const FloatMatrix truth_ = Normal(1);
  Retrains retrains_;
  std::vector<Attribution> attributions_;
  JudgeOptions options_{
      .resamples = 100, .seed = 1, .threads = 2, .stop_requested = [] { return false; }};
};

TEST_F(JudgeMethodsTest, FindsTheBestOnePassMethodAndItsLeads) {
  const StudyResult result = Judge();
  ASSERT_EQ(result.methods.size(), 6U);
  EXPECT_EQ(result.methods[result.best].method, "sketch-256");
  EXPECT_GT(result.methods[result.best].score.value, 0.9);
  EXPECT_NEAR(result.ceiling.best_score, 1, 1e-6);
  ASSERT_EQ(result.leads.size(), 3U);
  EXPECT_EQ(result.leads[0].over, "same-label");
  EXPECT_GT(result.leads[0].difference.low, 0.3);
  // The better of the two.
  EXPECT_EQ(result.leads[1].over, "knn-features");
  EXPECT_GT(result.leads[1].difference.low, 0);
  // Both know nine tenths of the truth.
  EXPECT_EQ(result.leads[2].over, "last-layer-tracin");
  EXPECT_NEAR(result.leads[2].difference.value, 0, 0.05);
}

TEST_F(JudgeMethodsTest, JudgesAMethodByItsOwnScores) {
  const StudyResult result = Judge();
  for (size_t i = 0; i < result.methods.size(); ++i) {
    FloatMatrix scores = attributions_[i].scores;
    scores.values.resize(kQueries * kSamples);
    EXPECT_EQ(result.methods[i].score.low, LinearDatamodelingScore(scores, retrains_, 100, 1).low);
  }
}

TEST_F(JudgeMethodsTest, StopsWhenAsked) {
  options_.stop_requested = [] { return true; };
  StudyResult result;
  EXPECT_THAT(JudgeMethods(attributions_, retrains_, options_, result),
              StatusIs(absl::StatusCode::kCancelled, ::testing::_));
}

}  // namespace
}  // namespace provnet
