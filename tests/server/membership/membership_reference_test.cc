#include "server/membership/membership_reference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "tests/testing/status_matchers.h"

namespace provnet {
namespace {

using ::testing::HasSubstr;

v1::MembershipScores Scores(const std::vector<float>& non_members,
                            const std::vector<float>& members) {
  v1::MembershipScores scores;
  scores.mutable_non_member()->Assign(non_members.begin(), non_members.end());
  scores.mutable_member()->Assign(members.begin(), members.end());
  return scores;
}

// Four non-members with a label; nine without.
MembershipReference Example() {
  v1::MembershipCalibration calibration;
  calibration.set_reference_name("others");
  *calibration.mutable_with_label() = Scores({1, 2, 2, 5}, {0, 2, 5, 6, 7});
  *calibration.mutable_without_label() = Scores({0, 1, 2, 3, 4, 5, 6, 7, 8}, {9});
  return MembershipReference(calibration);
}

TEST(MembershipReferenceTest, PValueIsTheRankAmongNonMembersTiesAgainstTheRecord) {
  const struct {
    float score;
    double p_value;
  } rows[] = {{0, 1.0}, {1, 1.0}, {1.5F, 0.8}, {2, 0.8}, {3, 0.4}, {5, 0.4}, {5.1F, 0.2}};
  for (const auto& row : rows)
    EXPECT_EQ(Example().Judge(row.score, true, 0.5).p_value, row.p_value) << row.score;
  EXPECT_EQ(Example().Judge(7.5F, false, 0.5).p_value, 0.2) << "1 of 9 is as high";
}

TEST(MembershipReferenceTest, DecidesAtTheRateAndCountsTheMembersThatItFinds) {
  // At 0.4 all scores above 2 are called members: 5, 6 and 7 of the five.
  MembershipVerdict verdict = Example().Judge(3, true, 0.4);
  EXPECT_TRUE(verdict.member);
  EXPECT_EQ(verdict.members, 5U);
  EXPECT_EQ(verdict.detected, 3U);
  EXPECT_EQ(verdict.true_positive_rate, 0.6);
  EXPECT_EQ(verdict.true_positive_interval.lower, ClopperPearson(3, 5, 0.95).lower);
  EXPECT_EQ(verdict.true_positive_interval.upper, ClopperPearson(3, 5, 0.95).upper);
  // At 0.2 only scores above 5 are.
  verdict = Example().Judge(5, true, 0.2);
  EXPECT_FALSE(verdict.member);
  EXPECT_EQ(verdict.detected, 2U);
}

TEST(MembershipReferenceTest, ResolvesRatesDownToOneOverOneMoreThanItsSize) {
  const MembershipReference reference = Example();
  EXPECT_EQ(reference.count(true), 4U);
  EXPECT_EQ(reference.count(false), 9U);
  EXPECT_THAT(reference.CheckRate(0.2, true), IsOk());
  EXPECT_THAT(reference.CheckRate(0.1, false), IsOk());
  EXPECT_THAT(reference.CheckRate(0.1, true),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("at least 0.2")));
  for (const double rate : {0.0, -0.1, 1.0, 2.0, std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_THAT(reference.CheckRate(rate, true),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("above 0 and below 1")))
        << rate;
  }
}

TEST(MembershipReferenceTest, KeepsItsRateOnNonMembersOfTheSameDistribution) {
  std::mt19937 random(5);
  std::lognormal_distribution<float> scores;
  std::vector<float> reference(999);
  for (float& score : reference) score = scores(random);
  std::sort(reference.begin(), reference.end());
  v1::MembershipCalibration calibration;
  *calibration.mutable_with_label() = Scores(reference, {1});
  const MembershipReference subject(calibration);
  constexpr int kRecords = 20'000;
  for (const double rate : {0.01, 0.05, 0.2}) {
    int called = 0;
    for (int i = 0; i < kRecords; ++i) called += subject.Judge(scores(random), true, rate).member;
    // Five deviations: of the records that are drawn here, and of the reference that was drawn.
    const double deviation = std::sqrt(rate * (1 - rate) * (1.0 / kRecords + 1.0 / 999));
    EXPECT_NEAR(called / static_cast<double>(kRecords), rate, 5 * deviation) << rate;
  }
}

}  // namespace
}  // namespace provnet
