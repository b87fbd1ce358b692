#include "server/engine/servable.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "server/attribution/panel_matrix.h"
#include "server/attribution/row_matrix.h"
#include "tests/server/engine/bundle_on_disk.h"
#include "tests/testing/temp_dir.h"

namespace provnet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Three positions a class; the logit of position p is feature p, so inputs choose their provenance.
constexpr char kPositions[] = R"(
def attribute(self, f, class_id):
    return f[:, :3] * 1.0
)";
constexpr char kLinearRows[] = R"(
def query(self, f, class_id):
    return f
def rows(self):
    return torch.eye(4)[:3]
)";

BundleRecipe ClassConditional() {
  return {.source = std::string(kPlainClassifier) + kPositions, .labels = {0, 1, 0, 1, 0}};
}

BundleRecipe Embedding() {
  return {.head = v1::HEAD_TYPE_EMBEDDING,
          .source = std::string(kPlainClassifier) + "def query(self, f, class_id):\n    return f\n",
          .labels = {0, 1, 0},
          .vectors = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0},
          .scale = 2};
}

ExplainQuery Query(std::vector<float> input, uint32_t top_k, bool with_samples = false) {
  return {.input = std::move(input), .top_k = top_k, .with_samples = with_samples};
}

std::vector<uint64_t> Indices(const Explanation& explanation) {
  std::vector<uint64_t> indices;
  for (const ScoredSample& sample : explanation.provenance) indices.push_back(sample.sample_index);
  return indices;
}

class ServableTest : public ::testing::Test {
 protected:
  absl::StatusOr<ModelHandle> Load(const BundleRecipe& recipe,
                                   const std::string& precision = "fp32") {
    return Servable::Load(PublishBundle(folder_.path(), recipe),
                          {.device = "cpu", .index_precision = precision, .index_search = search_});
  }
  // Loads, and answers all queries in one batch.
  std::vector<absl::StatusOr<Explanation>> Explain(const BundleRecipe& recipe,
                                                   const std::vector<ExplainQuery>& queries,
                                                   const std::string& precision = "fp32") {
    const auto servable = Load(recipe, precision);
    if (!servable.ok()) throw std::runtime_error(servable.status().ToString());
    std::vector<const ExplainQuery*> pointers;
    for (const ExplainQuery& query : queries) pointers.push_back(&query);
    auto answers = (*servable)->Explain(pointers);
    if (!answers.ok()) throw std::runtime_error(answers.status().ToString());
    return *std::move(answers);
  }

  TempDir folder_;
  std::string search_ = "auto";
};

// Two cells, around the first sample and around the other two.
BundleRecipe WithCells() {
  BundleRecipe recipe = Embedding();
  recipe.cells = 2;
  recipe.centroids = {1, 0, 0, 0, 0, 0.70710678F, 0.70710678F, 0};
  recipe.cell_of = {0, 1, 1};
  return recipe;
}

TEST_F(ServableTest, BundlesWithCellsAreSearchedApproximately) {
  const ExplainQuery query = Query({0, 0.6F, 0.8F, 0}, 1);
  for (const char* search : {"auto", "approximate", "exact"}) {
    search_ = search;
    const auto servable = Load(WithCells());
    ASSERT_TRUE(servable.ok()) << servable.status();
    EXPECT_EQ((*servable)->index_search(), search_ == "exact" ? "exact" : "approximate");
    const ExplainQuery* pointer = &query;
    const auto answers = (*servable)->Explain({&pointer, 1});
    ASSERT_TRUE(answers.ok() && (*answers)[0].ok()) << answers.status();
    const Explanation& answer = *(*answers)[0];
    ASSERT_EQ(Indices(answer), std::vector<uint64_t>{2}) << search;
    // exp(1.6) over exp(0) + exp(1.2) + exp(1.6).
    EXPECT_NEAR(answer.provenance[0].score, 0.5342, 1e-3) << search;
  }
  search_ = "approximate";
  EXPECT_THAT(Load(Embedding()).status().ToString(), HasSubstr("a bundle with cells"));
  search_ = "fast";
  EXPECT_EQ(Load(WithCells()).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(ServableTest, CellsThatDoNotFitTheirBundleAreRefused) {
  BundleRecipe recipe = WithCells();
  recipe.cell_of = {0, 2, 1};
  EXPECT_THAT(Load(recipe).status().ToString(),
              HasSubstr("index/cell_of.npy holds cell 2 for sample 1, expected less than 2"));
  recipe.cell_of = {0, 1};
  EXPECT_THAT(Load(recipe).status().ToString(),
              HasSubstr("index/cell_of.npy holds 2 cells, expected one for each of 3 samples"));
  recipe = WithCells();
  recipe.centroids.resize(4);
  EXPECT_THAT(Load(recipe).status().ToString(),
              HasSubstr("index/centroids.npy has shape [1, 4], expected [2, 4]"));
}

TEST_F(ServableTest, AutomaticPrecisionIsOneThatTheTrainerFoundGoodEnough) {
  if (!RowMatrix::HasBFloat16(c10::kCPU)) GTEST_SKIP() << "needs AVX512-BF16";
  BundleRecipe recipe = Embedding();
  for (const auto& [overlap, expected] :
       {std::pair(-1.0, "bf16"), std::pair(1.0, "bf16"), std::pair(0.99, "fp32")}) {
    recipe.bf16_overlap = overlap;
    const auto servable = Load(recipe, "auto");
    ASSERT_TRUE(servable.ok()) << servable.status();
    EXPECT_EQ((*servable)->index_precision(), expected) << overlap;
  }
  EXPECT_EQ((*Load(recipe, "bf16"))->index_precision(), "bf16") << "whoever asks for it gets it";
}

TEST_F(ServableTest, RanksSamplesOfThePredictedClass) {
  const auto answers =
      Explain(ClassConditional(), {Query({.9F, .1F, .5F, 0}, 3), Query({.1F, .9F, .5F, 0}, 5)});
  ASSERT_EQ(answers.size(), 2);
  EXPECT_EQ(answers[0]->class_id, 0);
  EXPECT_THAT(Indices(*answers[0]), ElementsAre(0, 4, 2));
  EXPECT_EQ(answers[1]->class_id, 1);
  EXPECT_THAT(Indices(*answers[1]), ElementsAre(3, 1)) << "class 1 has two samples only";
  EXPECT_EQ(answers[0]->label_agreement, 1);
  const double denominator = std::exp(.9) + std::exp(.1) + std::exp(.5);
  EXPECT_NEAR(answers[0]->provenance[0].score, std::exp(.9) / denominator, 1e-5);
  EXPECT_NEAR(answers[0]->class_probabilities[0], 1 / (1 + std::exp(-8.0)), 1e-5);
}

TEST_F(ServableTest, SearchesAllVectorsOfAnEmbeddingHead) {
  const auto answers = Explain(Embedding(), {Query({.5F, .4F, .3F, 0}, 3)});
  EXPECT_THAT(Indices(*answers[0]), ElementsAre(0, 1, 2));
  EXPECT_NEAR(answers[0]->label_agreement, 2.0 / 3, 1e-6);
  const double denominator = std::exp(1.0) + std::exp(.8) + std::exp(.6);
  EXPECT_NEAR(answers[0]->provenance[1].score, std::exp(.8) / denominator, 1e-5);
}

TEST_F(ServableTest, OwnProductsRankLikeTheModelsOwnInEveryPrecision) {
  BundleRecipe recipe = ClassConditional();
  recipe.source += kLinearRows;
  for (const auto& [name, precision] : {std::pair{"fp32", Precision::kFloat32},
                                        {"bf16", Precision::kBFloat16},
                                        {"int8", Precision::kInt8}}) {
    if (!PanelMatrix::CanMultiply(precision)) continue;
    const auto answers = Explain(recipe, {Query({.9F, .1F, .5F, 0}, 3)}, name);
    EXPECT_THAT(Indices(*answers[0]), ElementsAre(0, 4, 2)) << name;
    EXPECT_NEAR(answers[0]->provenance[0].score,
                std::exp(.9) / (std::exp(.9) + std::exp(.1) + std::exp(.5)), 5e-3)
        << name;
  }
}

TEST_F(ServableTest, ReadsSamplesOnlyForThoseThatAsk) {
  const auto answers = Explain(ClassConditional(),
                               {Query({.9F, 0, 0, 0}, 2, true), Query({.9F, 0, 0, 0}, 2, false)});
  ASSERT_EQ(answers[0]->samples.size(), 2);
  EXPECT_EQ(answers[0]->samples[0]->source_id(), "made#0");
  EXPECT_EQ(answers[0]->samples[1]->source_id(), "made#2");
  EXPECT_TRUE(answers[1]->samples.empty());
}

TEST_F(ServableTest, ANetworkThatDivergesOnOneInputFailsThatOneAlone) {
  BundleRecipe recipe = ClassConditional();
  // log of a negative feature is NaN.
  recipe.source = std::string(kPlainClassifier) +
                  "def attribute(self, f, class_id):\n    return torch.log(f[:, :3] + 0.5)\n";
  const auto answers = Explain(recipe, {Query({.1F, -3, .1F, 0}, 1), Query({.9F, .1F, .5F, 0}, 1)});
  EXPECT_EQ(answers[0].status().code(), absl::StatusCode::kInternal) << answers[0].status();
  EXPECT_TRUE(answers[1].ok()) << answers[1].status();
}

TEST_F(ServableTest, SaysWhyAModelServesAsItWasExported) {
  EXPECT_EQ((*Load(ClassConditional()))->optimised_features(), absl::OkStatus());
  BundleRecipe recipe = ClassConditional();
  recipe.source =
      std::string("def features(self, x):\n    return torch.rand_like(x.flatten(1))\n") +
      "def classify(self, f):\n    return f[:, :2] * 10\n" + kPositions;
  const auto servable = Load(recipe);
  ASSERT_TRUE(servable.ok()) << servable.status();
  EXPECT_THAT((*servable)->optimised_features().ToString(), HasSubstr("features() differ"));
}

TEST_F(ServableTest, RefusesModelsThatContradictTheirManifest) {
  const auto with = [](const BundleRecipe& recipe, const auto& change) {
    BundleRecipe changed = recipe;
    change(changed);
    return changed;
  };
  const struct {
    const char* name;
    BundleRecipe recipe;
    std::string message;
  } rows[] = {
      {"feature length", with(ClassConditional(), [](auto& r) { r.feature_dim = 5; }),
       "features()"},
      {"class count", with(ClassConditional(), [](auto& r) { r.class_count = 3; }), "classify()"},
      {"too few positions",
       with(ClassConditional(),
            [](auto& r) {
              r.labels = {0, 0, 0, 0, 1};
            }),
       "attribute()"},
      {"query length", with(Embedding(), [](auto& r) { r.dim = 3, r.vectors.resize(9); }),
       "query()"},
      {"embedding without query",
       with(Embedding(), [](auto& r) { r.source = std::string(kPlainClassifier) + kPositions; }),
       "query()"},
      {"weights that are not finite",
       with(ClassConditional(),
            [](auto& r) {
              r.source =
                  "def features(self, x):\n    return torch.flatten(x, 1)\n"
                  "def classify(self, f):\n    return f[:, :2] * float('nan')\n" +
                  std::string(kPositions);
            }),
       "classify() gave a value that is not finite"},
      {"unknown head",
       with(ClassConditional(), [](auto& r) { r.head = v1::HEAD_TYPE_UNSPECIFIED; }),
       "head type 0"},
  };
  for (const auto& row : rows) {
    const auto servable = Load(row.recipe);
    EXPECT_EQ(servable.status().code(), absl::StatusCode::kFailedPrecondition)
        << row.name << ": " << servable.status();
    EXPECT_THAT(std::string(servable.status().message()), HasSubstr(row.message)) << row.name;
  }
}

TEST_F(ServableTest, RefusesRowsThatDisagreeWithAttribute) {
  if (!RowMatrix::HasBFloat16(c10::Device(c10::kCPU)))
    GTEST_SKIP() << "this processor has no AVX512-BF16";
  BundleRecipe recipe = ClassConditional();
  recipe.source +=
      "def query(self, f, class_id):\n    return f\ndef rows(self):\n    return torch.ones([3, "
      "4])\n";
  const auto servable = Load(recipe, "bf16");
  EXPECT_EQ(servable.status().code(), absl::StatusCode::kFailedPrecondition) << servable.status();
  EXPECT_THAT(std::string(servable.status().message()), HasSubstr("differs from attribute()"));
}

TEST_F(ServableTest, RefusesLabelsThatAreNoClass) {
  const auto servable =
      Load({.source = std::string(kPlainClassifier) + kPositions, .labels = {0, 1, 7}});
  EXPECT_EQ(servable.status().code(), absl::StatusCode::kDataLoss) << servable.status();
  EXPECT_THAT(std::string(servable.status().message()), HasSubstr("label 7 for sample 2"));
}

TEST_F(ServableTest, RefusesAFolderThatIsNotTheVersionItClaims) {
  BundleLocation location = PublishBundle(folder_.path(), ClassConditional());
  location.version = 9;
  EXPECT_EQ(Servable::Load(location, {.device = "cpu", .index_precision = "fp32"}).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_F(ServableTest, RefusesUnknownOptions) {
  const BundleLocation location = PublishBundle(folder_.path(), ClassConditional());
  EXPECT_EQ(Servable::Load(location, {.device = "cpu", .index_precision = "fp8"}).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Servable::Load(location, {.device = "tpu"}).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Servable::Load(location, {.device = "cpu", .intra_op_threads = 0}).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Servable::Load(location, {.device = "cpu", .index_precision = "bf16"}).status().code(),
            absl::StatusCode::kFailedPrecondition)
      << "a model without rows() can't be searched in bf16";
}

// Nine non-members below 0, one member.
constexpr char kCalibration[] = R"({"reference_name": "others", "index_precision": "fp32",
  "statistic": "MEMBERSHIP_STATISTIC_MAX_LOGIT",
  "with_label": {"non_member": [-9, -8, -7, -6, -5, -4, -3, -2, -1], "member": [1]},
  "without_label": {"non_member": [-9, -8, -7, -6, -5, -4, -3, -2, -1], "member": [1]}})";

BundleRecipe Calibrated(BundleRecipe recipe) {
  recipe.calibration = kCalibration;
  return recipe;
}

ExplainQuery Membership(std::vector<float> input, std::optional<uint32_t> label = std::nullopt) {
  return {.input = std::move(input), .membership = MembershipQuestion{.label = label}};
}

// negative entropy, log of the largest probability, largest logit, margin.
void ExpectStatistics(const Explanation& answer, const std::vector<double>& logits) {
  double sum = 0, entropy = 0;
  for (const double logit : logits) sum += std::exp(logit);
  for (const double logit : logits) entropy -= std::exp(logit) / sum * (logit - std::log(sum));
  std::vector<double> sorted = logits;
  std::sort(sorted.rbegin(), sorted.rend());
  ASSERT_TRUE(answer.membership.has_value());
  const IndexStatistics& statistics = answer.membership->statistics;
  EXPECT_NEAR(statistics.negative_entropy, -entropy, 1e-5);
  EXPECT_NEAR(statistics.log_max_probability, sorted[0] - std::log(sum), 1e-5);
  EXPECT_NEAR(statistics.max_logit, sorted[0], 1e-5);
  EXPECT_NEAR(statistics.margin, sorted[0] - sorted[1], 1e-5);
}

TEST_F(ServableTest, MeasuresMembershipInThePredictedClassOrTheOneThatIsNamed) {
  const auto answers = Explain(ClassConditional(),
                               {Membership({.9F, .1F, .5F, 0}), Membership({.9F, .1F, .5F, 0}, 1)});
  // Class 0 has three samples, class 1 two.
  ExpectStatistics(*answers[0], {.9, .1, .5});
  EXPECT_THAT(Indices(*answers[0]), ElementsAre(0));
  ExpectStatistics(*answers[1], {.9, .1});
  EXPECT_THAT(Indices(*answers[1]), ElementsAre(1));
  EXPECT_EQ(answers[1]->class_id, 0) << "what is predicted stays";
  EXPECT_NEAR(answers[1]->provenance[0].score, 1 / (1 + std::exp(-.8)), 1e-5);
  EXPECT_EQ(answers[1]->provenance[0].label, 1);
}

TEST_F(ServableTest, MeasuresMembershipOverAllSamplesOfTheOtherHeads) {
  BundleRecipe independent = ClassConditional();
  independent.head = v1::HEAD_TYPE_CLASS_INDEPENDENT;
  independent.labels = {0, 1, 0};
  BundleRecipe single = independent;
  single.head = v1::HEAD_TYPE_SINGLE_BRANCH;
  for (const BundleRecipe& recipe : {independent, single}) {
    const auto answers =
        Explain(recipe, {Membership({.9F, .1F, .5F, 0}), Membership({.9F, .1F, .5F, 0}, 1)});
    for (const auto& answer : answers) ExpectStatistics(*answer, {.9, .1, .5});
  }
  const auto answers = Explain(Embedding(), {Membership({.5F, .4F, .3F, 0}, 1)});
  ExpectStatistics(*answers[0], {1.0, .8, .6});
}

TEST_F(ServableTest, AnswersBothKindsOfQuestionInOneBatchAsAlone) {
  const std::vector<ExplainQuery> queries = {
      Query({.9F, .1F, .5F, 0}, 3), Membership({.1F, .9F, .5F, 0}),
      Query({.2F, .9F, .7F, 0}, 2, true), Membership({.3F, .2F, .1F, 0}, 1)};
  const auto together = Explain(ClassConditional(), queries);
  for (size_t i = 0; i < queries.size(); ++i) {
    const auto alone = Explain(ClassConditional(), {queries[i]});
    EXPECT_EQ(Indices(*together[i]), Indices(*alone[0])) << i;
    EXPECT_EQ(together[i]->samples.size(), alone[0]->samples.size()) << i;
    ASSERT_EQ(together[i]->membership.has_value(), queries[i].membership.has_value()) << i;
    if (!together[i]->membership.has_value()) continue;
    EXPECT_NEAR(together[i]->membership->statistics.negative_entropy,
                alone[0]->membership->statistics.negative_entropy, 1e-6);
  }
}

TEST_F(ServableTest, FindsSamplesOfEqualBytes) {
  ExplainQuery query = Membership({.9F, .1F, .5F, 0});
  query.membership->digests = {Sha256Of(std::string(1, '\3')), Sha256Of("no sample"),
                               Sha256Of(std::string(1, '\1'))};
  query.with_samples = true;
  const auto answers = Explain(ClassConditional(), {query});
  EXPECT_THAT(answers[0]->membership->exact_match, ElementsAre(1, 3));
  ASSERT_EQ(answers[0]->samples.size(), 1U) << "the nearest sample's";
  EXPECT_EQ(answers[0]->samples[0]->source_id(), "made#0");
}

TEST_F(ServableTest, MembershipOfAClassWithoutSamplesFailsAlone) {
  BundleRecipe recipe = ClassConditional();
  recipe.labels = {0, 0, 0};
  const auto answers =
      Explain(recipe, {Membership({.9F, .1F, .5F, 0}, 1), Membership({.9F, .1F, .5F, 0}, 0)});
  EXPECT_EQ(answers[0].status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(answers[1].ok()) << answers[1].status();
}

TEST_F(ServableTest, MembershipScoresAreTheSameWhateverThePrecisionOfExplanations) {
  if (!RowMatrix::HasBFloat16(c10::Device(c10::kCPU)))
    GTEST_SKIP() << "this processor has no AVX512-BF16";
  BundleRecipe linear = ClassConditional();
  linear.source += kLinearRows;
  BundleRecipe rows_only = linear;
  rows_only.source = std::string(kPlainClassifier) + kLinearRows;
  // 0.3 is no bfloat16.
  const ExplainQuery query = Membership({.9F, .1F, .3F, 0});
  for (const BundleRecipe& recipe : {linear, rows_only, Embedding()}) {
    const auto exact = Explain(Calibrated(recipe), {query}, "fp32");
    const auto served = Explain(Calibrated(recipe), {query}, "bf16");
    EXPECT_EQ(served[0]->membership->statistics.negative_entropy,
              exact[0]->membership->statistics.negative_entropy);
    EXPECT_EQ(served[0]->membership->statistics.max_logit,
              exact[0]->membership->statistics.max_logit);
    const auto uncalibrated = Explain(recipe, {query}, "bf16");
    EXPECT_EQ(uncalibrated[0].status().code(), absl::StatusCode::kFailedPrecondition);
  }
}

TEST_F(ServableTest, ReadsTheCalibrationThatTheBundleHas) {
  const auto without = Load(ClassConditional());
  ASSERT_TRUE(without.ok()) << without.status();
  EXPECT_EQ((*without)->membership_reference(), nullptr);
  const auto with = Load(Calibrated(ClassConditional()));
  ASSERT_TRUE(with.ok()) << with.status();
  ASSERT_NE((*with)->membership_reference(), nullptr);
  EXPECT_EQ((*with)->membership_reference()->count(true), 9U);
  EXPECT_EQ((*with)->membership_reference()->statistic(), v1::MEMBERSHIP_STATISTIC_MAX_LOGIT);
}

TEST_F(ServableTest, RefusesABadCalibrationWithTheFilesName) {
  for (const char* text : {"{}", "no JSON", R"({"reference_name": "others"})"}) {
    BundleRecipe recipe = ClassConditional();
    recipe.calibration = text;
    const auto servable = Load(recipe);
    EXPECT_EQ(servable.status().code(), absl::StatusCode::kDataLoss) << servable.status();
    EXPECT_THAT(std::string(servable.status().message()), HasSubstr("calibration.json"));
  }
}

}  // namespace
}  // namespace provnet
