#include "trainer/faithfulness/retraining.h"

#include <gmock/gmock.h>

#include <atomic>

#include "absl/strings/str_cat.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"
#include "tests/trainer/training/small_data.h"
#include "trainer/faithfulness/half_retrains.h"

namespace provnet {
namespace {

using ::testing::_;

class Quiet : public ProgressListener {
 public:
  void BatchDone(const TrainingProgress&) override {}
  void EpochDone(const TrainingProgress&) override {}
  void Note(absl::string_view text) override { notes.emplace_back(text); }
  std::vector<std::string> notes;
};

class RetrainingTest : public ::testing::Test {
 protected:
  RetrainContext Context(int threads = 1) {
    return {.samples = samples_,
            .epochs = 2,
            .journal = *journal_,
            .progress = progress_,
            .threads = threads,
            .stop_requested = [this] { return stop_.load(); }};
  }

  // Counts how often it is read.
  RetrainJob Job(uint64_t seed) {
    return {.key = absl::StrCat("fit ", seed),
            .samples = {0, 1, 2, 3, 4, 5, 6, 7},
            .seed = seed,
            .read = [this](ProvenanceNetwork& network) {
              ++reads_;
              return TrueClassMargins(OutputsFor(network, samples_).logits, samples_.labels);
            }};
  }

  const TempDir folder_;
  const Dataset samples_ = SmallData(12);
  std::unique_ptr<RetrainJournal> journal_ =
      RetrainJournal::Open(folder_ / "fits.jsonl", {{"study", "test"}}).value();
  Quiet progress_;
  std::atomic<bool> stop_ = false;
  std::atomic<int> reads_ = 0;
};

TEST_F(RetrainingTest, DependsOnTheSeedAndNotOnThreads) {
  const auto one = Retrain(Context(1), "fits", {Job(1), Job(2)});
  ASSERT_TRUE(one.ok()) << one.status();
  EXPECT_EQ((*one)[0].size(), 12U);
  EXPECT_NE((*one)[0], (*one)[1]);
  journal_.reset();
  journal_ = RetrainJournal::Open(folder_ / "others.jsonl", {{"study", "test"}}).value();
  EXPECT_EQ(*Retrain(Context(2), "fits", {Job(1), Job(2)}), *one);
}

TEST_F(RetrainingTest, FitsOnlyWhatTheJournalLacks) {
  const auto first = Retrain(Context(), "fits", {Job(1)});
  EXPECT_EQ(reads_, 1);
  const auto both = Retrain(Context(), "fits", {Job(1), Job(2)});
  ASSERT_TRUE(both.ok()) << both.status();
  EXPECT_EQ(reads_, 2);
  EXPECT_EQ((*both)[0], (*first)[0]);
  EXPECT_EQ(journal_->size(), 2U);
}

TEST_F(RetrainingTest, KeepsWhatWasFinishedWhenStopped) {
  RetrainJob last = Job(1);
  last.read = [this](ProvenanceNetwork&) {
    stop_ = true;
    return std::vector<float>{1};
  };
  EXPECT_THAT(Retrain(Context(), "fits", {last, Job(2)}),
              StatusIs(absl::StatusCode::kCancelled, _));
  EXPECT_TRUE(journal_->Find("fit 1").has_value());
  EXPECT_FALSE(journal_->Find("fit 2").has_value());
}

TEST_F(RetrainingTest, OfHalvesGivesARowAFitAndGrows) {
  StudySettings settings;
  settings.subsets = 3;
  settings.fits = 2;
  const Dataset queries = SmallData(4, 2);
  const auto few = RetrainOnHalves(Context(), queries, settings, 7);
  ASSERT_TRUE(few.ok()) << few.status();
  ASSERT_EQ(few->margins.size(), 2U);
  EXPECT_EQ(few->margins[0].rows(), 3U);
  EXPECT_EQ(few->margins[0].columns, 4U);
  EXPECT_NE(few->margins[0].values, few->margins[1].values);
  settings.subsets = 4;
  const auto more = RetrainOnHalves(Context(), queries, settings, 7);
  ASSERT_TRUE(more.ok()) << more.status();
  EXPECT_EQ(journal_->size(), 8U);
  EXPECT_TRUE(std::equal(few->margins[1].values.begin(), few->margins[1].values.end(),
                         more->margins[1].values.begin()));
}

}  // namespace
}  // namespace provnet
