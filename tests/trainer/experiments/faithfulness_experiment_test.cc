#include "trainer/experiments/faithfulness_experiment.h"

#include <gmock/gmock.h>

#include <fstream>

#include "absl/strings/match.h"
#include "tests/testing/status_matchers.h"
#include "tests/trainer/experiments/experiment_fixture.h"

namespace provnet {
namespace {

using ::testing::HasSubstr;

// Keeps the notes, and asks for a stop once one of them says so.
class NoteListener : public FitCounter {
 public:
  void Note(absl::string_view text) override {
    FitCounter::Note(text);
    notes.emplace_back(text);
    stop = stop || (!stop_at.empty() && absl::StrContains(text, stop_at));
  }
  std::string stop_at;
  std::vector<std::string> notes;
};

class FaithfulnessExperimentTest : public QuickExperimentTest {
 protected:
  absl::StatusOr<ExperimentResult> Run(NoteListener& listener) {
    return RunExperiment(FaithfulnessExperiment(), options_, listener, Clock::Steady(),
                         [&] { return listener.stop; });
  }

  size_t Lines() const {
    std::ifstream file(options_.work_directory / "fits.jsonl");
    size_t lines = 0;
    for (std::string line; std::getline(file, line);) ++lines;
    return lines;
  }
};

// Figures without those that measure time.
Figures WithoutTimes(Figures metrics) {
  for (auto each = metrics.begin(); each != metrics.end();) {
    each = absl::StrContains(each->first, "seconds") ? metrics.erase(each) : std::next(each);
  }
  return metrics;
}

TEST_F(FaithfulnessExperimentTest, ComparesEveryMethodAndResumesWithoutRepeatingAFit) {
  NoteListener stopped;
  stopped.stop_at = "5 of 24 fits to halves";
  EXPECT_THAT(Run(stopped), StatusIs(absl::StatusCode::kCancelled, HasSubstr("")));
  // The identity, and the fits until then.
  EXPECT_EQ(Lines(), 1 + 5U);

  NoteListener whole;
  const auto result = Run(whole);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_THAT(whole.notes, ::testing::Contains(HasSubstr("19 fits to halves to do, 5 on record")));
  for (const char* method :
       {"random", "same_label", "knn_pixels", "knn_features_signed", "head_class_conditional",
        "head_class_independent_signed", "head_single_branch", "head_embedding",
        "last_layer_tracin", "sketch_256", "whitened_1024", "dual_view", "trak_1", "trak_2"}) {
    const std::string name = std::string("lds_") + method;
    ExpectWithin(*result, name, -1, 1);
    ExpectWithin(*result, name + "_low", -1, result->metrics.at(name) + 1e-9);
    ExpectWithin(*result, name + "_high", result->metrics.at(name) - 1e-9, 1);
  }
  for (const char* name : {"lds_ceiling", "flip_rate_plain", "flip_rate_at_10_random_same_label",
                           "flip_rate_at_25_trak_2", "own_sample_first_head_embedding"}) {
    ExpectWithin(*result, name, 0, 1);
  }
  ExpectWithin(*result, "seed_to_seed", -1, 1);
  ExpectWithin(*result, "accuracy", 0.3, 1);
  ExpectWithin(*result, "cache_bytes_sketch_256", 300 * 256 * 4, 300 * 256 * 4);
  EXPECT_EQ(result->tables.size(), 2U);
  EXPECT_EQ(result->plots.size(), 3U);
  EXPECT_EQ(result->plots[0].bar_names.size(), result->tables[0].rows.size());
  EXPECT_THAT(result->verdict, HasSubstr("foretells retraining best"));

  // All fits to parts of the samples are on record.
  const size_t lines = Lines();
  NoteListener again;
  const auto second = Run(again);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(Lines(), lines);
  EXPECT_EQ(WithoutTimes(second->metrics), WithoutTimes(result->metrics));
}

TEST_F(FaithfulnessExperimentTest, RefusesADataSetThatIsTooSmall) {
  options_.dataset = "glyphs:200";
  NoteListener listener;
  EXPECT_THAT(Run(listener),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("200 training samples")));
}

}  // namespace
}  // namespace provnet
