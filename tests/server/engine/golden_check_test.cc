#include "server/engine/golden_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/testing/fake_servable.h"
#include "tests/testing/status_matchers.h"

namespace provnet {
namespace {

using ::testing::HasSubstr;

// What FakeServable answers, with tolerances.
class GoldenCheckTest : public ::testing::Test {
 protected:
  GoldenCheckTest() {
    const std::vector<std::string> inputs = {std::string(16, '\0'), std::string(16, '\x66')};
    golden_ = *RecordGoldenAnswers(servable_, inputs, 3);
    golden_.mutable_tolerance()->set_class_probability(0.02F);
    golden_.mutable_tolerance()->set_log_score(0.1F);
  }

  absl::Status Check() const { return CheckGoldenAnswers(servable_, golden_); }

  const FakeServable servable_{FakeServable::Options()};
  v1::GoldenAnswers golden_;
};

TEST_F(GoldenCheckTest, TheModelThatWasRecordedPasses) {
  ASSERT_EQ(golden_.answers_size(), 2);
  EXPECT_EQ(golden_.answers(1).class_id(), 4);
  EXPECT_EQ(golden_.answers(1).exemplars_size(), 3);
  EXPECT_THAT(Check(), IsOk());
}

TEST_F(GoldenCheckTest, RoundingPasses) {
  golden_.mutable_answers(1)->set_class_probability(0.56F);
  golden_.mutable_answers(1)->mutable_exemplars(0)->set_score(0.5F * 1.05F);
  EXPECT_THAT(Check(), IsOk());
}

TEST_F(GoldenCheckTest, AnotherClassIsRefused) {
  golden_.mutable_answers(1)->set_class_id(5);
  EXPECT_THAT(Check(), StatusIs(absl::StatusCode::kFailedPrecondition,
                                HasSubstr("golden.json: the model answers otherwise")));
}

TEST_F(GoldenCheckTest, AnotherProbabilityIsRefusedWithBoth) {
  golden_.mutable_answers(1)->set_class_probability(0.9F);
  EXPECT_THAT(Check(), StatusIs(absl::StatusCode::kFailedPrecondition,
                                HasSubstr("has the probability 0.55, expected 0.9")));
}

TEST_F(GoldenCheckTest, AMissingExemplarIsRefused) {
  golden_.mutable_answers(0)->mutable_exemplars(0)->set_sample_index(77);
  EXPECT_THAT(Check(), StatusIs(absl::StatusCode::kFailedPrecondition,
                                HasSubstr("sample 77 with the score 0.5 is not named")));
}

TEST_F(GoldenCheckTest, RanksThatAreAsGoodAsTheLastMaySwap) {
  golden_.mutable_answers(0)->mutable_exemplars(2)->set_sample_index(77);
  EXPECT_THAT(Check(), IsOk());
}

TEST_F(GoldenCheckTest, AnotherScoreIsRefused) {
  golden_.mutable_answers(0)->mutable_exemplars(0)->set_score(0.9F);
  EXPECT_THAT(Check(), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("score 0.5")));
}

TEST_F(GoldenCheckTest, InputsOfAnotherSizeAreRefused) {
  golden_.mutable_answers(0)->set_pixels("too short");
  EXPECT_THAT(Check(), StatusIs(absl::StatusCode::kFailedPrecondition,
                                HasSubstr("9 pixels, the model takes 16")));
}

// Answers NaN everywhere, as damaged weights make a network do.
class NanServable final : public Servable {
 public:
  const v1::BundleManifest& manifest() const override { return fake_.manifest(); }
  const SampleStore& samples() const override { return fake_.samples(); }
  const std::string& device() const override { return fake_.device(); }
  const std::string& index_precision() const override { return fake_.index_precision(); }
  absl::StatusOr<std::vector<absl::StatusOr<Explanation>>> Explain(
      absl::Span<const ExplainQuery* const> queries) const override {
    auto answers = fake_.Explain(queries);
    for (auto& answer : *answers) {
      for (float& p : answer->class_probabilities) p = std::numeric_limits<float>::quiet_NaN();
    }
    return answers;
  }

 private:
  const FakeServable fake_{FakeServable::Options()};
};

TEST_F(GoldenCheckTest, NotANumberIsRefused) {
  EXPECT_EQ(CheckGoldenAnswers(NanServable(), golden_).code(),
            absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace provnet
