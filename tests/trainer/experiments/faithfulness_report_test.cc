#include "trainer/experiments/faithfulness_report.h"

#include <gmock/gmock.h>

namespace provnet {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

RemovalCurve Curve(const std::string& method, const std::vector<double>& flip_rates,
                   const std::vector<absl::optional<uint64_t>>& smallest_flips) {
  RemovalCurve curve;
  curve.method = method;
  curve.flip_rates = flip_rates;
  curve.margin_drops = {0.5, 1.25};
  curve.margin_drop_errors = {0.1, 0.2};
  curve.smallest_flips = smallest_flips;
  return curve;
}

StudyResult Found() {
  StudyResult found;
  found.settings.removal_sizes = {20, 40};
  found.accuracy = 0.96;
  found.own_sample_first = {{"head-embedding", 0.99}};
  found.ceiling = {.fit_to_fit = 0.1, .reliability = 0.36, .best_score = 0.6};
  found.methods = {
      {"same-label", MethodRole::kReference, {.fits = 0}, {0.1, 0.05, 0.15}},
      {"sketch-256",
       MethodRole::kOnePass,
       {.fits = 1, .prepare_seconds = 2, .cache_bytes = 5 << 20, .query_seconds = 1e-3},
       {0.3, 0.25, 0.35}},
      {"head-embedding", MethodRole::kHead, {.fits = 1}, {0.2, 0.1, 0.3}}};
  found.best = 1;
  found.leads = {{"same-label", {0.2, 0.1, 0.3}}};
  found.control_flip_rate = 0.05;
  found.removals = {Curve("random-same-label", {0, 0.25}, {absl::nullopt, 40, absl::nullopt, {}}),
                    Curve("sketch-256", {0.5, 0.75}, {20, 20, 40, absl::nullopt})};
  return found;
}

TEST(FaithfulnessReport, NamesEveryFigure) {
  const Figures metrics = FaithfulnessReport(Found()).metrics;
  for (const auto& [name, value] : Figures{{"lds_sketch_256", 0.3},
                                           {"lds_sketch_256_low", 0.25},
                                           {"lds_sketch_256_high", 0.35},
                                           {"lds_ceiling", 0.6},
                                           {"seed_to_seed", 0.1},
                                           {"reliability", 0.36},
                                           {"accuracy", 0.96},
                                           {"lead_over_same_label_low", 0.1},
                                           {"flip_rate_plain", 0.05},
                                           {"flip_rate_at_20_sketch_256", 0.5},
                                           {"flip_rate_at_40_random_same_label", 0.25},
                                           {"margin_drop_at_40_sketch_256", 1.25},
                                           {"own_sample_first_head_embedding", 0.99},
                                           {"fits_sketch_256", 1},
                                           {"prepare_seconds_sketch_256", 2},
                                           {"cache_bytes_sketch_256", 5 << 20},
                                           {"query_seconds_sketch_256", 1e-3}}) {
    EXPECT_THAT(metrics, Contains(Pair(name, value)));
  }
}

TEST(FaithfulnessReport, PutsTheBestMethodFirst) {
  const ExperimentResult result = FaithfulnessReport(Found());
  ASSERT_EQ(result.tables[0].rows.size(), 3U);
  EXPECT_THAT(result.tables[0].rows[0],
              ElementsAre("sketch-256", "one pass", "0.300", "0.250 to 0.350", "50 %", "1",
                          "2.00 s", "5.0 MiB", "1.00 ms"));
  EXPECT_THAT(result.plots[0].bar_names, ElementsAre("sketch-256", "head-embedding", "same-label"));
  // Heads, one pass, references: the second bar is the head's.
  EXPECT_THAT(result.plots[0].series[0].x, ElementsAre(1));
  EXPECT_THAT(result.plots[0].series[0].y_low, ElementsAre(0.1));
  EXPECT_EQ(result.plots[0].limit, 0.6);
  EXPECT_THAT(result.verdict, HasSubstr("sketch-256"));
}

TEST(FaithfulnessReport, SaysWhereHalfOfTheQueriesFlip) {
  const ExperimentResult result = FaithfulnessReport(Found());
  ASSERT_EQ(result.tables.size(), 2U);
  EXPECT_THAT(result.tables[1].rows[0],
              ElementsAre("random-same-label", "0 %", "25 %", "> 40", "1.25 +- 0.20"));
  EXPECT_THAT(result.tables[1].rows[1],
              ElementsAre("sketch-256", "50 %", "75 %", "20", "1.25 +- 0.20"));
  EXPECT_THAT(result.plots[1].series[1].y, ElementsAre(50, 75));
  EXPECT_THAT(result.plots[2].series[1].y_error, ElementsAre(0.1, 0.2));
}

TEST(FaithfulnessReport, DoesWithoutRemovals) {
  StudyResult found = Found();
  found.removals.clear();
  EXPECT_EQ(FaithfulnessReport(found).tables.size(), 1U);
}

}  // namespace
}  // namespace provnet
