#include "server/engine/servable.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

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
    return Servable::Load(PublishBundle(folder_.path(), recipe), {"cpu", precision, 1});
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
};

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

TEST_F(ServableTest, OwnProductsInBFloat16RankLikeTheModelsOwn) {
  if (!RowMatrix::HasBFloat16(c10::Device(c10::kCPU)))
    GTEST_SKIP() << "this processor has no AVX512-BF16";
  BundleRecipe recipe = ClassConditional();
  recipe.source += kLinearRows;
  const auto answers = Explain(recipe, {Query({.9F, .1F, .5F, 0}, 3)}, "bf16");
  EXPECT_THAT(Indices(*answers[0]), ElementsAre(0, 4, 2));
  EXPECT_NEAR(answers[0]->provenance[0].score,
              std::exp(.9) / (std::exp(.9) + std::exp(.1) + std::exp(.5)), 5e-3);
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
  EXPECT_EQ(Servable::Load(location, {"cpu", "fp32", 1}).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_F(ServableTest, RefusesUnknownOptions) {
  const BundleLocation location = PublishBundle(folder_.path(), ClassConditional());
  EXPECT_EQ(Servable::Load(location, {"cpu", "fp8", 1}).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Servable::Load(location, {"tpu", "auto", 1}).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Servable::Load(location, {"cpu", "auto", 0}).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Servable::Load(location, {"cpu", "bf16", 1}).status().code(),
            absl::StatusCode::kFailedPrecondition)
      << "a model without rows() can't be searched in bf16";
}

}  // namespace
}  // namespace provnet
