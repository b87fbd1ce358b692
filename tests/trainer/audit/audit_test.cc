#include "trainer/audit/audit.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <functional>

#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"
#include "trainer/audit/ranking_quality.h"
#include "trainer/data/glyphs.h"
#include "trainer/data/label_noise.h"
#include "trainer/data/subset.h"

namespace provnet {
namespace {

using ::testing::HasSubstr;

// Counts epochs over all fits, and asks for a stop in one of them.
class Stopper : public ProgressListener {
 public:
  void BatchDone(const TrainingProgress& progress) override {
    batches += 1;
    if (progress.epoch >= stop_at_epoch) stop = true;
  }
  void EpochDone(const TrainingProgress&) override {}
  void Note(absl::string_view) override {}

  uint64_t batches = 0;
  uint32_t stop_at_epoch = 1 << 30;
  bool stop = false;
};

class AuditTest : public ::testing::Test {
 protected:
  AuditTest() : data_(MakeGlyphs(500, 7, 1).train) {
    truth_ = data_.labels;
    const auto changed = InjectLabelNoise({LabelNoise::Kind::kSymmetric, 0.1}, 10, 7, data_.labels);
    wrong_.resize(data_.size());
    for (const uint64_t row : *changed) wrong_[row] = true;
    options_ = DefaultAuditOptions(/*seed=*/1, /*threads=*/1);
    options_.rounds = 2;
    options_.out_of_fold.folds = 3;
    options_.out_of_fold.training.epochs = 6;
  }

  absl::StatusOr<AuditResult> Run(AuditJournal* journal = nullptr) {
    return Audit(data_, options_,
                 {stopper_, Clock::Steady(), [this] { return stopper_.stop; }, journal});
  }

  Dataset data_;
  std::vector<uint32_t> truth_;
  std::vector<bool> wrong_;
  AuditOptions options_;
  Stopper stopper_;
};

TEST_F(AuditTest, RanksChangedLabelsFirstAndSuggestsTheTrueOnes) {
  const auto result = Run();
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_GT(AreaUnderRoc(result->labels.log_odds, wrong_), 0.97);
  EXPECT_GT(FoundInFirst(0.1, result->labels.log_odds, wrong_), 0.8);
  EXPECT_NEAR(result->joint.estimated_errors, 50, 25);
  uint64_t corrected = 0;
  for (size_t i = 0; i < data_.size(); ++i) {
    corrected += wrong_[i] && result->labels.suggested[i] == truth_[i];
    EXPECT_EQ(result->ranking[result->rank_of[i]], i);
  }
  EXPECT_GT(corrected, 40U);
  for (uint64_t rank = 0; rank < result->issues; ++rank) {
    const uint64_t row = result->ranking[rank];
    EXPECT_NE(result->labels.suggested[row], data_.labels[row]);
  }
}

TEST_F(AuditTest, DuplicatesWithTheSameWrongLabelDontVouchForEachOther) {
  // Ten copies of one image, all with one wrong label.
  std::vector<uint64_t> rows(data_.size());
  for (size_t i = 0; i < rows.size(); ++i) rows[i] = i;
  rows.insert(rows.end(), 9, 0);
  data_ = Select(data_, rows);
  const uint32_t right = truth_[0];
  for (size_t i = 0; i < data_.size(); ++i) {
    if (rows[i] == 0) data_.labels[i] = (right + 1) % 10;
  }
  const auto result = Run();
  ASSERT_TRUE(result.ok()) << result.status();
  ASSERT_EQ(result->exact_duplicates.size(), 1U);
  EXPECT_EQ(result->exact_duplicates[0].size(), 10U);
  for (const uint64_t row : result->exact_duplicates[0]) {
    EXPECT_EQ(result->labels.suggested[row], right) << row;
    for (const Neighbour& neighbour : result->neighbours.of(row)) {
      EXPECT_NE(rows[neighbour.row], 0U);
    }
  }
}

TEST_F(AuditTest, GoesOnWhereItStoppedAndEndsAlikeForAnyNumberOfThreads) {
  options_.out_of_fold.repeats = 2;
  const auto whole = Run();
  ASSERT_TRUE(whole.ok()) << whole.status();
  const uint64_t all_batches = stopper_.batches;

  const TempDir folder;
  {
    const auto journal = AuditJournal::Open(folder / "fits.jsonl", {{"seed", "1"}});
    stopper_ = Stopper();
    // In the third fit.
    stopper_.stop_at_epoch = 14;
    EXPECT_THAT(Run(journal->get()), StatusIs(absl::StatusCode::kCancelled, HasSubstr("stopped")));
    EXPECT_EQ((*journal)->size(), 2U);
  }
  const auto journal = AuditJournal::Open(folder / "fits.jsonl", {{"seed", "1"}});
  stopper_ = Stopper();
  options_.out_of_fold.threads = options_.near_duplicates.threads = 2;
  const auto resumed = Run(journal->get());
  ASSERT_TRUE(resumed.ok()) << resumed.status();
  // Two fits to two thirds of the samples were on record.
  EXPECT_EQ(stopper_.batches, all_batches - 2 * 6 * 6);
  EXPECT_EQ(resumed->labels.log_odds, whole->labels.log_odds);
  EXPECT_EQ(resumed->ranking, whole->ranking);
  EXPECT_EQ(resumed->outliers.scores, whole->outliers.scores);
}

TEST_F(AuditTest, RefusesDataThatCannotBeJudged) {
  const Dataset whole = data_;
  std::fill(data_.labels.begin(), data_.labels.end(), 3);
  EXPECT_THAT(Run(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("two or more")));
  data_ = whole;
  options_.out_of_fold.folds = 400;
  EXPECT_THAT(Run(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--folds=400")));
  data_.labels.assign(kMaxAuditedSamples + 1, 0);
  EXPECT_THAT(Run(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("500000")));
}

}  // namespace
}  // namespace provnet
