#include "trainer/experiments/step_journal.h"

#include <gmock/gmock.h>

#include <cmath>

#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace provnet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

class StepJournalTest : public ::testing::Test {
 protected:
  StepJournal Open(const std::string& dataset = "glyphs:100") {
    return *StepJournal::Open(folder_ / "steps.jsonl", {{"dataset", dataset}});
  }
  // Computes {"auc": value} and counts how often it was asked.
  auto Compute(double value) {
    return [this, value]() -> absl::StatusOr<Figures> {
      ++computed_;
      return Figures{{"auc", value}};
    };
  }

  const TempDir folder_;
  int computed_ = 0;
};

TEST_F(StepJournalTest, ComputesAStepOnceAlsoAcrossRuns) {
  {
    StepJournal journal = Open();
    EXPECT_THAT(*journal.Step("a", Compute(0.1)), ElementsAre(Pair("auc", 0.1)));
    EXPECT_THAT(*journal.Step("a", Compute(0.9)), ElementsAre(Pair("auc", 0.1)));
    EXPECT_EQ(computed_, 1);
  }
  StepJournal journal = Open();
  EXPECT_EQ(journal.size(), 1U);
  EXPECT_THAT(*journal.Step("a", Compute(0.9)), ElementsAre(Pair("auc", 0.1)));
  EXPECT_THAT(*journal.Step("b", Compute(1.0 / 3)), ElementsAre(Pair("auc", 1.0 / 3)));
  EXPECT_EQ(computed_, 2);
}

TEST_F(StepJournalTest, RecordsNothingOfAStepThatFailed) {
  StepJournal journal = Open();
  const auto stopped =
      journal.Step("a", []() -> absl::StatusOr<Figures> { return absl::CancelledError("stop"); });
  EXPECT_THAT(stopped, StatusIs(absl::StatusCode::kCancelled, "stop"));
  EXPECT_EQ(journal.size(), 0U);
  EXPECT_TRUE(journal.Step("a", Compute(1)).ok());
}

TEST_F(StepJournalTest, RefusesAFigureThatIsNoNumber) {
  StepJournal journal = Open();
  for (const double value : {std::nan(""), HUGE_VAL}) {
    EXPECT_THAT(journal.Step("a", Compute(value)),
                StatusIs(absl::StatusCode::kInternal, HasSubstr("\"a\" measured auc")));
  }
  EXPECT_EQ(journal.size(), 0U);
}

TEST_F(StepJournalTest, RefusesAnotherDataSetsFile) {
  ASSERT_TRUE(Open().Step("a", Compute(1)).ok());
  EXPECT_THAT(StepJournal::Open(folder_ / "steps.jsonl", {{"dataset", "glyphs:200"}}).status(),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("dataset is glyphs:100, expected glyphs:200")));
}

}  // namespace
}  // namespace provnet
