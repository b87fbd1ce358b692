#include "trainer/faithfulness/attribution_methods.h"

#include <gmock/gmock.h>
#include <torch/torch.h>

#include <cmath>
#include <set>

#include "tests/testing/status_matchers.h"
#include "tests/trainer/training/small_data.h"
#include "trainer/data/random.h"
#include "trainer/faithfulness/class_residuals.h"
#include "trainer/faithfulness/last_layer_gradients.h"
#include "trainer/faithfulness/multiclass_svm.h"
#include "trainer/faithfulness/parameter_gradients.h"
#include "trainer/faithfulness/score_terms.h"

namespace provnet {
namespace {

constexpr uint64_t kSamples = 24, kQueries = 6;

// All methods on random pixels; each is compared with its definition, spelt out slowly.
class AttributionMethodsTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    StudySettings settings;
    settings.epochs = 3;
    settings.head_epochs = 2;
    settings.ensemble = 2;
    data_ = new StudyData{SmallData(kSamples, 1), SmallData(kQueries, 2)};
    models_ = new StudyModels(FitStudyModels(*data_, settings, 5, 2, [] { return false; }).value());
    all_ = new std::vector<Attribution>(AllAttributions(Task()).value());
  }
  static void TearDownTestSuite() {
    delete all_;
    delete models_;
    delete data_;
  }

  static AttributionTask Task() {
    return {.samples = data_->samples,
            .queries = data_->asked,
            .models = *models_,
            .seed = 5,
            .threads = 2,
            .stop_requested = [] { return false; }};
  }

  static const Attribution& Method(const std::string& name) {
    for (const Attribution& attribution : *all_) {
      if (attribution.method == name) return attribution;
    }
    ADD_FAILURE() << "no method " << name;
    return all_->front();
  }

  static at::Tensor Scores(const std::string& name) {
    return at::tensor(Method(name).scores.values).view({kQueries, kSamples});
  }

  // Of the first network.
  static const ModelView& View() { return models_->ensemble_views[0]; }
  static const std::vector<uint32_t>& SampleLabels() { return data_->samples.labels; }
  static const std::vector<uint32_t>& QueryLabels() { return data_->asked.labels; }

  // [Q, N]: 1 where the labels agree, -1 elsewhere.
  static at::Tensor Sign() {
    at::Tensor sign = at::empty({kQueries, kSamples});
    for (uint64_t q = 0; q < kQueries; ++q) {
      for (uint64_t i = 0; i < kSamples; ++i) {
        sign.data_ptr<float>()[q * kSamples + i] = QueryLabels()[q] == SampleLabels()[i] ? 1 : -1;
      }
    }
    return sign;
  }

  static void ExpectClose(const at::Tensor& fast, const at::Tensor& slow) {
    const double scale = slow.abs().max().item<double>();
    EXPECT_TRUE(at::allclose(fast, slow, 1e-2, 1e-3 * scale)) << fast - slow;
  }

  // Written-out last-layer gradients [n, (D + 1) * C].
  static at::Tensor Outer(const LastLayerGradients& gradients) {
    return (gradients.features.unsqueeze(2) * gradients.pulls.unsqueeze(1)).flatten(1);
  }

  static at::Tensor Tracin(const ModelView& view) {
    return Outer(MarginGradients(view.queries, QueryLabels()))
        .matmul(Outer(LossGradients(view.samples, SampleLabels())).t());
  }

  // rows * (rows' rows + r)^-1 with the ridge that the methods share.
  static at::Tensor SlowWhitened(const at::Tensor& rows) {
    const at::Tensor moments = rows.t().matmul(rows).to(at::kDouble);
    const double ridge = 0.1 * moments.trace().item<double>() / static_cast<double>(rows.size(1));
    return rows.to(at::kDouble)
        .matmul((moments + ridge * at::eye(rows.size(1), at::kDouble)).inverse())
        .to(at::kFloat);
  }

  static StudyData* data_;
  static StudyModels* models_;
  static std::vector<Attribution>* all_;
};
StudyData* AttributionMethodsTest::data_ = nullptr;
StudyModels* AttributionMethodsTest::models_ = nullptr;
std::vector<Attribution>* AttributionMethodsTest::all_ = nullptr;

TEST_F(AttributionMethodsTest, AllScoreEverySampleUnderANameOfTheirOwn) {
  std::set<std::string> names;
  for (const Attribution& attribution : *all_) {
    EXPECT_TRUE(names.insert(attribution.method).second) << attribution.method;
    EXPECT_EQ(attribution.scores.columns, kSamples) << attribution.method;
    EXPECT_EQ(attribution.scores.rows(), kQueries) << attribution.method;
    for (float score : attribution.scores.values) {
      ASSERT_TRUE(std::isfinite(score)) << attribution.method;
    }
  }
  EXPECT_EQ(names.size(), 30U);
}

TEST_F(AttributionMethodsTest, SameLabelIsTheSignOfTheLabels) {
  EXPECT_TRUE(Scores("same-label").equal(Sign()));
}

TEST_F(AttributionMethodsTest, NeighboursInPixelsAreCosinesOfTheCentredImages) {
  const auto pixel = [](const Dataset& data, uint64_t i, size_t p) {
    return data.image(i)[p] / 255.0;
  };
  std::vector<double> mean(64);
  for (uint64_t i = 0; i < kSamples; ++i) {
    for (size_t p = 0; p < 64; ++p) mean[p] += pixel(data_->samples, i, p) / kSamples;
  }
  const at::Tensor fast = Scores("knn-pixels");
  for (uint64_t q = 0; q < kQueries; ++q) {
    for (uint64_t i = 0; i < kSamples; ++i) {
      double dot = 0, query_norm = 0, sample_norm = 0;
      for (size_t p = 0; p < 64; ++p) {
        const double a = pixel(data_->asked, q, p) - mean[p];
        const double b = pixel(data_->samples, i, p) - mean[p];
        dot += a * b;
        query_norm += a * a;
        sample_norm += b * b;
      }
      EXPECT_NEAR(fast.data_ptr<float>()[q * kSamples + i],
                  dot / std::sqrt(query_norm * sample_norm), 1e-4);
    }
  }
  ExpectClose(Scores("knn-pixels-signed"), fast * Sign());
}

TEST_F(AttributionMethodsTest, NeighboursInFeaturesAreCosinesOfTheCentredFeatures) {
  const at::Tensor mean = View().samples.features.mean(0, true);
  const at::Tensor queries = View().queries.features - mean;
  const at::Tensor samples = View().samples.features - mean;
  const at::Tensor slow = at::cosine_similarity(queries.unsqueeze(1), samples.unsqueeze(0), 2);
  ExpectClose(Scores("knn-features"), slow);
  ExpectClose(Scores("knn-features-signed"), slow * Sign());
}

TEST_F(AttributionMethodsTest, SignedHeadsCountFromTheLowestLogit) {
  for (const char* head : {"head-class-conditional", "head-embedding"}) {
    const at::Tensor plain = Scores(head);
    const at::Tensor lowest = std::get<0>(plain.min(1, true));
    ExpectClose(Scores(std::string(head) + "-signed"), (plain - lowest) * Sign());
  }
}

TEST_F(AttributionMethodsTest, TracinIsTheInnerProductOfLastLayerGradientsSummedOverStates) {
  ExpectClose(Scores("last-layer-tracin"), Tracin(View()));
  at::Tensor over_epochs = at::zeros({kQueries, kSamples});
  for (const ModelView& view : models_->epoch_views) over_epochs += Tracin(view);
  EXPECT_EQ(models_->epoch_views.size(), 3U);
  ExpectClose(Scores("last-layer-tracin-epochs"), over_epochs);
  ExpectClose(Scores("last-layer-tracin-ensemble"),
              Tracin(models_->ensemble_views[0]) + Tracin(models_->ensemble_views[1]));
}

TEST_F(AttributionMethodsTest, SketchesMultiplyProjectedGradients) {
  const at::Tensor samples = Outer(LossGradients(View().samples, SampleLabels()));
  const at::Tensor queries = Outer(MarginGradients(View().queries, QueryLabels()));
  const at::Tensor projection = GaussianProjection(samples.size(1), 256, Task().seed);
  const at::Tensor x = samples.matmul(projection), y = queries.matmul(projection);
  ExpectClose(Scores("sketch-256"), y.matmul(x.t()));
  ExpectClose(Scores("whitened-256"), y.matmul(SlowWhitened(x).t()));
  const at::Tensor margins =
      Outer(MarginGradients(View().samples, SampleLabels())).matmul(projection);
  const at::Tensor doubts = TrueClassDoubt(View().samples.logits, SampleLabels());
  ExpectClose(Scores("last-layer-trak-256"), y.matmul((SlowWhitened(margins) * doubts).t()));
}

TEST_F(AttributionMethodsTest, DualViewWeighsFeaturesByTheDualVariableOfTheQuerysClass) {
  const at::Tensor scale = View().samples.features.norm(2, {1}).mean();
  const at::Tensor samples = View().samples.features / scale;
  const Svm svm =
      FitMulticlassSvm(ToFloatMatrix(samples), SampleLabels(), 3, {.cost = 1, .seed = 5});
  at::Tensor slow = (View().queries.features / scale).matmul(samples.t());
  for (uint64_t q = 0; q < kQueries; ++q) {
    for (uint64_t i = 0; i < kSamples; ++i) {
      slow.data_ptr<float>()[q * kSamples + i] *= svm.alpha.row(i)[QueryLabels()[q]];
    }
  }
  ExpectClose(Scores("dual-view"), slow);
}

TEST_F(AttributionMethodsTest, TrakAveragesWhitenedGradientsAndDoubtsOverModels) {
  at::Tensor products = at::zeros({kQueries, kSamples}), doubts = at::zeros({1, kSamples});
  for (uint64_t member = 0; member < 2; ++member) {
    ProvenanceNetwork& network = models_->ensemble[member];
    const at::Tensor projection =
        GaussianProjection(ClassParameterCount(network), 1024, MixSeed(5, member));
    const auto gradients = [&](const Dataset& data) {
      return ProjectedMarginGradients(network, data, projection, [] { return false; }).value();
    };
    products += gradients(data_->asked).matmul(SlowWhitened(gradients(data_->samples)).t());
    doubts += TrueClassDoubt(models_->ensemble_views[member].samples.logits, SampleLabels()).t();
    if (member == 0) ExpectClose(Scores("trak-1"), products * doubts);
  }
  ExpectClose(Scores("trak-2"), products * doubts);
}

TEST_F(AttributionMethodsTest, CostsCountFitsAndBytes) {
  EXPECT_EQ(Method("random").cost.fits, 0U);
  EXPECT_EQ(Method("random").cost.cache_bytes, 0U);
  EXPECT_EQ(Method("sketch-256").cost.fits, 1U);
  EXPECT_EQ(Method("sketch-256").cost.cache_bytes, kSamples * 256 * sizeof(float));
  EXPECT_EQ(Method("whitened-1024-ensemble").cost.fits, 2U);
  EXPECT_EQ(Method("whitened-1024-epochs").cost.cache_bytes, 3 * kSamples * 1024 * sizeof(float));
  EXPECT_GT(Method("trak-2").cost.prepare_seconds, Method("trak-1").cost.prepare_seconds);
  EXPECT_GT(Method("knn-features").cost.query_seconds, 0);
}

TEST_F(AttributionMethodsTest, OnlySingleStatesPassForOnePass) {
  EXPECT_EQ(Method("whitened-1024").role, MethodRole::kOnePass);
  EXPECT_EQ(Method("whitened-1024-epochs").role, MethodRole::kReference);
  EXPECT_EQ(Method("head-embedding").role, MethodRole::kHead);
  EXPECT_EQ(Method("knn-features").role, MethodRole::kReference);
}

TEST_F(AttributionMethodsTest, StopWhenAsked) {
  AttributionTask task = Task();
  task.stop_requested = [] { return true; };
  EXPECT_THAT(AllAttributions(task).status(), StatusIs(absl::StatusCode::kCancelled, ::testing::_));
}

}  // namespace
}  // namespace provnet
