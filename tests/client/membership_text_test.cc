#include "client/cli/membership_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace provnet {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

MembershipAnswer Example() {
  v1::CheckMembershipResponse response;
  response.mutable_model()->set_name("digits");
  response.mutable_model()->set_version(3);
  response.set_statistic(v1::MEMBERSHIP_STATISTIC_NEGATIVE_ENTROPY);
  response.set_score(-0.51F);
  response.set_p_value(0.0001);
  response.set_member(true);
  response.set_false_positive_rate(0.001);
  response.mutable_reference()->set_name("held-out images");
  response.mutable_reference()->set_count(9999);
  response.mutable_true_positive_rate()->set_rate(0.9981);
  response.mutable_true_positive_rate()->set_lower(0.997);
  response.mutable_true_positive_rate()->set_upper(0.9989);
  response.mutable_true_positive_rate()->set_members(10000);
  response.mutable_true_positive_rate()->set_detected(9981);
  response.mutable_nearest()->set_sample_index(42);
  response.mutable_nearest()->set_label_name("seven");
  response.mutable_nearest()->set_score(0.95F);
  response.add_exact_match(42);
  return {"a.png", 7, response};
}

TEST(MembershipTextTest, SaysTheDecisionAndWhatItIsWorth) {
  const std::string text = MembershipText(Example(), Terminal());
  EXPECT_THAT(text, HasSubstr("a.png → member  p = 0.0001 at a false-positive rate of 0.001"));
  EXPECT_THAT(text, HasSubstr("digits/3"));
  EXPECT_THAT(text, HasSubstr("-0.51 (negative entropy of the index probabilities), against 9999 "
                              "non-members: held-out images"));
  EXPECT_THAT(text, HasSubstr("9981 of 10000 known members at this rate: 99.8 % (95 %: 99.7 % to "
                              "99.9 %)"));
  EXPECT_THAT(text, HasSubstr("nearest    #42 seven 95.0 %"));
  EXPECT_THAT(text, HasSubstr("same bytes #42\n"));
}

TEST(MembershipTextTest, NeverSaysThatARecordIsNoMember) {
  MembershipAnswer answer = Example();
  answer.response->set_member(false);
  answer.response->clear_exact_match();
  const std::string text = MembershipText(answer, Terminal());
  EXPECT_THAT(text, HasSubstr("a.png → not called a member"));
  EXPECT_THAT(text, HasSubstr("same bytes no sample"));
}

TEST(MembershipTextTest, ListsAFewCopiesAndCountsTheRest) {
  MembershipAnswer answer = Example();
  for (uint64_t i = 100; i < 120; ++i) answer.response->add_exact_match(i);
  const std::string text = MembershipText(answer, Terminal());
  EXPECT_THAT(text, HasSubstr("#42 #100"));
  EXPECT_THAT(text, HasSubstr("and 13 more"));
  EXPECT_THAT(text, Not(HasSubstr("#119")));
}

TEST(MembershipTextTest, LetsNoControlCharacterThrough) {
  MembershipAnswer answer = Example();
  answer.name = "a\x1b[2J.png";
  answer.response->mutable_reference()->set_name("x\x1b]0;y");
  answer.response->mutable_nearest()->set_label_name("s\x07");
  for (const char c : {'\x1b', '\x07'})
    EXPECT_EQ(MembershipText(answer, Terminal()).find(c), std::string::npos);
}

TEST(MembershipJsonTest, IsOneLineAnInput) {
  const std::string line = MembershipJson(Example());
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const nlohmann::json json = nlohmann::json::parse(line);
  EXPECT_EQ(json["input"], "a.png");
  EXPECT_EQ(json["label"], 7);
  EXPECT_EQ(json["response"]["member"], true);
  EXPECT_EQ(json["response"]["exact_match"][0], "42");
  EXPECT_EQ(json["response"]["true_positive_rate"]["detected"], "9981");
}

TEST(MembershipJsonTest, SaysWhatFailed) {
  const nlohmann::json json = nlohmann::json::parse(
      MembershipJson({"b.png", std::nullopt, absl::FailedPreconditionError("no reference")}));
  EXPECT_EQ(json["error"]["code"], "FAILED_PRECONDITION");
  EXPECT_FALSE(json.contains("label"));
}

}  // namespace
}  // namespace provnet
