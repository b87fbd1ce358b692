#include "trainer/network/provenance_network.h"

#include <gmock/gmock.h>
#include <torch/torch.h>

#include <map>
#include <sstream>

namespace provnet {
namespace {

using Sizes = std::vector<int64_t>;

constexpr uint32_t kClasses = 4, kPositions = 7, kVector = 6;
constexpr int64_t kBatch = 5;

NetworkSpec SmallSpec(v1::HeadType head) {
  return {.channels = 2,
          .height = 12,
          .width = 9,
          .classes = kClasses,
          .head = head,
          .index_dim = head == v1::HEAD_TYPE_EMBEDDING ? kVector : kPositions};
}

ProvenanceNetwork SmallNetwork(v1::HeadType head, uint64_t seed = 1) {
  auto network = ProvenanceNetwork::Create(SmallSpec(head), seed);
  EXPECT_TRUE(network.ok()) << network.status();
  return *std::move(network);
}

at::Tensor SomeInput(int64_t batch = kBatch) {
  torch::manual_seed(3);
  return at::rand({batch, 2, 12, 9});
}

at::Tensor SomeClasses(int64_t batch = kBatch) {
  return at::arange(batch, at::kLong).remainder(int64_t{kClasses});
}

// Running statistics other than 0 and 1, so that normalisation counts.
void Exercise(ProvenanceNetwork& network) {
  torch::NoGradGuard no_gradient;
  network.SetTraining(true);
  network.Query(network.Features(SomeInput(32)), SomeClasses(32));
  network.SetTraining(false);
}

class BothHeads : public ::testing::TestWithParam<v1::HeadType> {};

INSTANTIATE_TEST_SUITE_P(ProvenanceNetwork, BothHeads,
                         ::testing::Values(v1::HEAD_TYPE_CLASS_CONDITIONAL,
                                           v1::HEAD_TYPE_EMBEDDING),
                         [](const auto& head) {
                           return head.param == v1::HEAD_TYPE_EMBEDDING ? "Embedding"
                                                                        : "ClassConditional";
                         });

TEST_P(BothHeads, MapsImagesToFeaturesAndClassLogits) {
  ProvenanceNetwork network = SmallNetwork(GetParam());
  network.SetTraining(false);
  const at::Tensor features = network.Features(SomeInput());
  EXPECT_EQ(features.sizes(), (Sizes{kBatch, FeatureDim(network.spec())}));
  EXPECT_EQ(network.Classify(features).sizes(), (Sizes{kBatch, kClasses}));
  EXPECT_EQ(features.scalar_type(), at::kFloat);
}

TEST_P(BothHeads, AnswersTheSameTwiceInEvaluationMode) {
  ProvenanceNetwork network = SmallNetwork(GetParam());
  Exercise(network);
  const auto before = network.NamedState();
  std::map<std::string, at::Tensor> copies;
  for (const auto& [name, tensor] : before) copies[name] = tensor.detach().clone();
  const at::Tensor features = network.Features(SomeInput());
  EXPECT_TRUE(at::equal(features, network.Features(SomeInput())));
  EXPECT_TRUE(at::equal(network.Classify(features), network.Classify(features)));
  EXPECT_TRUE(
      at::equal(network.Query(features, SomeClasses()), network.Query(features, SomeClasses())));
  for (const auto& [name, tensor] : network.NamedState()) {
    EXPECT_TRUE(at::equal(tensor, copies[name])) << name << " changed";
  }
}

TEST_P(BothHeads, AnswersEachImageOfABatchAsIfAlone) {
  ProvenanceNetwork network = SmallNetwork(GetParam());
  Exercise(network);
  const at::Tensor input = SomeInput();
  const at::Tensor all = network.Query(network.Features(input), SomeClasses());
  for (int64_t i = 0; i < kBatch; ++i) {
    const at::Tensor alone =
        network.Query(network.Features(input.narrow(0, i, 1)), SomeClasses().narrow(0, i, 1));
    EXPECT_TRUE(at::allclose(alone[0], all[i], 1e-5, 1e-6)) << i;
  }
}

TEST_P(BothHeads, SavedModuleAnswersAsTheNetworkAndIsInEvaluationMode) {
  ProvenanceNetwork network = SmallNetwork(GetParam());
  Exercise(network);
  network.SetTraining(true);
  std::istringstream bytes(network.Serialize());
  torch::jit::Module loaded = torch::jit::load(bytes);
  EXPECT_FALSE(loaded.is_training());
  network.SetTraining(false);
  const at::Tensor features = network.Features(SomeInput());
  const auto outputs = loaded.forward({SomeInput()}).toTuple();
  ASSERT_EQ(outputs->elements().size(), 2U);
  const at::Tensor logits = network.Classify(features);
  EXPECT_TRUE(at::equal(outputs->elements()[0].toTensor(), logits));
  const at::Tensor predicted = logits.argmax(1);
  const at::Tensor index = GetParam() == v1::HEAD_TYPE_EMBEDDING
                               ? network.Query(features, predicted)
                               : network.Attribute(features, predicted);
  EXPECT_TRUE(at::equal(outputs->elements()[1].toTensor(), index));
}

TEST_P(BothHeads, SerializeKeepsTheMode) {
  ProvenanceNetwork network = SmallNetwork(GetParam());
  network.SetTraining(true);
  network.Serialize();
  const at::Tensor features = at::ones({1, FeatureDim(network.spec())});
  // Dropout tells: in training mode some of many runs differ.
  bool differs = false;
  for (int i = 0; i < 20; ++i) {
    differs |= !at::equal(network.Classify(features), network.Classify(features));
  }
  EXPECT_TRUE(differs);
}

TEST_P(BothHeads, SeedDecidesTheInitialValues) {
  const auto first = SmallNetwork(GetParam(), 5).NamedState();
  const auto same = SmallNetwork(GetParam(), 5).NamedState();
  const auto other = SmallNetwork(GetParam(), 6).NamedState();
  bool any_differs = false;
  for (size_t i = 0; i < first.size(); ++i) {
    EXPECT_TRUE(at::equal(first[i].second, same[i].second)) << first[i].first;
    any_differs |= !at::equal(first[i].second, other[i].second);
  }
  EXPECT_TRUE(any_differs);
}

TEST_P(BothHeads, GradientsReachEveryParameter) {
  ProvenanceNetwork network = SmallNetwork(GetParam());
  const at::Tensor features = network.Features(SomeInput());
  const at::Tensor index = GetParam() == v1::HEAD_TYPE_EMBEDDING
                               ? network.Query(features, SomeClasses())
                               : network.Attribute(features, SomeClasses());
  (network.Classify(features).square().sum() + (index * at::rand_like(index)).sum()).backward();
  for (const at::Tensor& parameter : network.Parameters()) {
    ASSERT_TRUE(parameter.grad().defined());
    EXPECT_TRUE(parameter.grad().isfinite().all().item<bool>());
  }
}

TEST(ClassConditionalHead, LogitsAreTheProductOfQueryAndRows) {
  ProvenanceNetwork network = SmallNetwork(v1::HEAD_TYPE_CLASS_CONDITIONAL);
  Exercise(network);
  const at::Tensor features = network.Features(SomeInput());
  const at::Tensor logits = network.Attribute(features, SomeClasses());
  const at::Tensor query = network.Query(features, SomeClasses());
  const at::Tensor rows = network.Rows();
  const int64_t width = FeatureDim(network.spec()) + kClasses + 1;
  EXPECT_EQ(logits.sizes(), (Sizes{kBatch, kPositions}));
  EXPECT_EQ(query.sizes(), (Sizes{kBatch, width}));
  EXPECT_EQ(rows.sizes(), (Sizes{kPositions, width}));
  EXPECT_TRUE(at::allclose(logits, at::matmul(query, rows.t()), 1e-4, 1e-5));
}

TEST(ClassConditionalHead, DependsOnTheClassItIsGiven) {
  ProvenanceNetwork network = SmallNetwork(v1::HEAD_TYPE_CLASS_CONDITIONAL);
  Exercise(network);
  const at::Tensor features = network.Features(SomeInput());
  const at::Tensor zeros = at::zeros({kBatch}, at::kLong);
  EXPECT_FALSE(
      at::allclose(network.Attribute(features, zeros), network.Attribute(features, zeros + 1)));
}

TEST(EmbeddingHead, GivesUnitVectorsWhateverTheClass) {
  ProvenanceNetwork network = SmallNetwork(v1::HEAD_TYPE_EMBEDDING);
  Exercise(network);
  const at::Tensor features = network.Features(SomeInput());
  const at::Tensor vectors = network.Query(features, SomeClasses());
  EXPECT_EQ(vectors.sizes(), (Sizes{kBatch, kVector}));
  EXPECT_TRUE(at::allclose(vectors.norm(2, {1}), at::ones({kBatch}), 1e-5, 1e-5));
  EXPECT_TRUE(at::equal(vectors, network.Query(features, SomeClasses() * 0)));
}

TEST(ProvenanceNetwork, RefusesABadSpec) {
  NetworkSpec spec = SmallSpec(v1::HEAD_TYPE_EMBEDDING);
  spec.classes = 0;
  EXPECT_EQ(ProvenanceNetwork::Create(spec, 1).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace provnet
