#include "trainer/network/provenance_network.h"

#include <gmock/gmock.h>
#include <torch/torch.h>

#include <map>
#include <sstream>

namespace provnet {
namespace {

using Sizes = std::vector<int64_t>;

constexpr uint32_t kClasses = 4, kColumns = 7, kVector = 6;
constexpr int64_t kBatch = 5;

NetworkSpec SmallSpec(v1::HeadType head) {
  NetworkSpec spec{.channels = 2,
                   .height = 12,
                   .width = 9,
                   .channel_mean = {0.4F, 0.6F},
                   .channel_stddev = {0.2F, 0.3F},
                   .classes = kClasses,
                   .head = head,
                   .index_dim = head == v1::HEAD_TYPE_EMBEDDING ? kVector : kColumns,
                   .sample_classes = {}};
  if (head == v1::HEAD_TYPE_SINGLE_BRANCH) spec.sample_classes = {0, 1, 2, 3, 0, 1, 2};
  return spec;
}

ProvenanceNetwork Network(const NetworkSpec& spec, uint64_t seed = 1) {
  auto network = ProvenanceNetwork::Create(spec, seed);
  EXPECT_TRUE(network.ok()) << network.status();
  return *std::move(network);
}

ProvenanceNetwork SmallNetwork(v1::HeadType head, uint64_t seed = 1) {
  return Network(SmallSpec(head), seed);
}

// The index branch's output.
at::Tensor IndexOutput(ProvenanceNetwork& network, const at::Tensor& features,
                       const at::Tensor& classes) {
  return network.spec().head == v1::HEAD_TYPE_EMBEDDING ? network.Query(features, classes)
                                                        : network.Attribute(features, classes);
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

class AllHeads : public ::testing::TestWithParam<v1::HeadType> {};

INSTANTIATE_TEST_SUITE_P(ProvenanceNetwork, AllHeads,
                         ::testing::Values(v1::HEAD_TYPE_CLASS_CONDITIONAL,
                                           v1::HEAD_TYPE_CLASS_INDEPENDENT,
                                           v1::HEAD_TYPE_SINGLE_BRANCH, v1::HEAD_TYPE_EMBEDDING),
                         [](const auto& head) { return v1::HeadType_Name(head.param).substr(10); });

TEST_P(AllHeads, MapsImagesToFeaturesAndClassLogits) {
  ProvenanceNetwork network = SmallNetwork(GetParam());
  network.SetTraining(false);
  const at::Tensor features = network.Features(SomeInput());
  EXPECT_EQ(features.sizes(), (Sizes{kBatch, FeatureDim(network.spec())}));
  EXPECT_EQ(network.Classify(features).sizes(), (Sizes{kBatch, kClasses}));
  EXPECT_EQ(features.scalar_type(), at::kFloat);
}

TEST_P(AllHeads, AnswersTheSameTwiceInEvaluationMode) {
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

TEST_P(AllHeads, AnswersEachImageOfABatchAsIfAlone) {
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

TEST_P(AllHeads, SavedModuleAnswersAsTheNetworkAndIsInEvaluationMode) {
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
  const at::Tensor index = IndexOutput(network, features, predicted);
  EXPECT_TRUE(at::equal(outputs->elements()[1].toTensor(), index));
}

TEST_P(AllHeads, SerializeKeepsTheMode) {
  ProvenanceNetwork network = SmallNetwork(GetParam());
  network.SetTraining(true);
  network.Serialize();
  // In training mode the normalisation uses the batch's own statistics, so a row's answer depends
  // on the others.
  torch::NoGradGuard no_gradient;
  const at::Tensor features = at::rand({4, FeatureDim(network.spec())});
  const at::Tensor all = network.Query(features, SomeClasses(4));
  const at::Tensor some = network.Query(features.narrow(0, 0, 2), SomeClasses(2));
  EXPECT_FALSE(at::allclose(all.narrow(0, 0, 2), some));
}

TEST_P(AllHeads, CountsItsParameters) {
  const ProvenanceNetwork network = SmallNetwork(GetParam());
  uint64_t count = 0;
  for (const at::Tensor& parameter : network.Parameters()) {
    count += static_cast<uint64_t>(parameter.numel());
  }
  EXPECT_EQ(network.ParameterCount(), count);
  EXPECT_GT(count, 1000U);
}

TEST_P(AllHeads, RunningStatisticsAreTheNormalisationsAlone) {
  for (const at::Tensor& statistic : SmallNetwork(GetParam()).RunningStatistics()) {
    EXPECT_TRUE(statistic.is_floating_point());
    EXPECT_EQ(statistic.dim(), 1);
  }
}

TEST_P(AllHeads, SeedDecidesTheInitialValues) {
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

TEST_P(AllHeads, GradientsReachEveryParameter) {
  ProvenanceNetwork network = SmallNetwork(GetParam());
  const at::Tensor features = network.Features(SomeInput());
  const at::Tensor index = IndexOutput(network, features, SomeClasses());
  (network.Classify(features).square().sum() + (index * at::rand_like(index)).sum()).backward();
  for (const at::Tensor& parameter : network.Parameters()) {
    ASSERT_TRUE(parameter.grad().defined());
    EXPECT_TRUE(parameter.grad().isfinite().all().item<bool>());
  }
}

class LogitHeads : public ::testing::TestWithParam<v1::HeadType> {};

INSTANTIATE_TEST_SUITE_P(ProvenanceNetwork, LogitHeads,
                         ::testing::Values(v1::HEAD_TYPE_CLASS_CONDITIONAL,
                                           v1::HEAD_TYPE_CLASS_INDEPENDENT,
                                           v1::HEAD_TYPE_SINGLE_BRANCH),
                         [](const auto& head) { return v1::HeadType_Name(head.param).substr(10); });

TEST_P(LogitHeads, LogitsAreTheProductOfQueryAndRows) {
  ProvenanceNetwork network = SmallNetwork(GetParam());
  Exercise(network);
  const at::Tensor features = network.Features(SomeInput());
  const at::Tensor logits = network.Attribute(features, SomeClasses());
  const at::Tensor query = network.Query(features, SomeClasses());
  const at::Tensor rows = network.Rows();
  const bool conditional = GetParam() == v1::HEAD_TYPE_CLASS_CONDITIONAL;
  const int64_t width = FeatureDim(network.spec()) + (conditional ? kClasses : 0) + 1;
  EXPECT_EQ(logits.sizes(), (Sizes{kBatch, kColumns}));
  EXPECT_EQ(query.sizes(), (Sizes{kBatch, width}));
  EXPECT_EQ(rows.sizes(), (Sizes{kColumns, width}));
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

TEST(ClassIndependentHead, IgnoresTheClassItIsGiven) {
  ProvenanceNetwork network = SmallNetwork(v1::HEAD_TYPE_CLASS_INDEPENDENT);
  Exercise(network);
  const at::Tensor features = network.Features(SomeInput());
  EXPECT_TRUE(at::equal(network.Attribute(features, SomeClasses()),
                        network.Attribute(features, SomeClasses() * 0)));
}

TEST(SingleBranchHead, AClassHasTheIndexProbabilityOfItsSamples) {
  ProvenanceNetwork network = SmallNetwork(v1::HEAD_TYPE_SINGLE_BRANCH);
  Exercise(network);
  const at::Tensor features = network.Features(SomeInput());
  const at::Tensor share = at::softmax(network.Attribute(features, SomeClasses()), 1);
  const at::Tensor classes = at::softmax(network.Classify(features), 1);
  const std::vector<uint32_t>& class_of = network.spec().sample_classes;
  for (int64_t b = 0; b < kBatch; ++b) {
    std::vector<double> expected(kClasses);
    for (size_t i = 0; i < class_of.size(); ++i) {
      expected[class_of[i]] += share[b][static_cast<int64_t>(i)].item<double>();
    }
    for (size_t c = 0; c < kClasses; ++c) {
      EXPECT_NEAR(classes[b][static_cast<int64_t>(c)].item<double>(), expected[c], 1e-5);
    }
  }
}

TEST(Features, SubtractTheMeanAndDivideByTheDeviationOfEachChannel) {
  const NetworkSpec spec = SmallSpec(v1::HEAD_TYPE_EMBEDDING);
  NetworkSpec plain = spec;
  plain.channel_mean = {0, 0};
  plain.channel_stddev = {1, 1};
  ProvenanceNetwork network = Network(spec), without = Network(plain);
  network.SetTraining(false);
  without.SetTraining(false);
  const at::Tensor mean = at::tensor(spec.channel_mean).reshape({1, 2, 1, 1});
  const at::Tensor stddev = at::tensor(spec.channel_stddev).reshape({1, 2, 1, 1});
  EXPECT_TRUE(at::allclose(network.Features(SomeInput()),
                           without.Features((SomeInput() - mean) / stddev), 1e-4, 1e-5));
}

class SharingLevels : public ::testing::TestWithParam<Sharing> {};

INSTANTIATE_TEST_SUITE_P(ProvenanceNetwork, SharingLevels,
                         ::testing::Values(Sharing::kNothing, Sharing::kOneBlock,
                                           Sharing::kTwoBlocks, Sharing::kEverything),
                         [](const auto& level) { return std::string(SharingName(level.param)); });

// Whether the gradient of `loss` reached the parameter.
std::map<std::string, bool> Reached(const ProvenanceNetwork& network, const at::Tensor& loss) {
  loss.backward();
  std::map<std::string, bool> reached;
  for (auto& [name, tensor] : network.NamedState()) {
    if (!tensor.requires_grad()) continue;
    reached[name] = tensor.grad().defined() && tensor.grad().abs().max().item<float>() > 0;
    if (tensor.grad().defined()) tensor.mutable_grad().reset();
  }
  return reached;
}

TEST_P(SharingLevels, EachLossReachesTheSharedBlocksAndItsOwnBranch) {
  NetworkSpec spec = SmallSpec(v1::HEAD_TYPE_CLASS_CONDITIONAL);
  spec.sharing = GetParam();
  ProvenanceNetwork network = Network(spec);
  const auto by_class =
      Reached(network, network.Classify(network.Features(SomeInput())).square().sum());
  const auto by_index = Reached(
      network, network.Attribute(network.Features(SomeInput()), SomeClasses()).square().sum());
  for (const auto& [name, reached] : by_class) {
    const bool shared = name.substr(0, 4) == "conv";
    EXPECT_EQ(reached, shared || name.substr(0, 6) == "class_") << name;
    EXPECT_EQ(by_index.at(name), shared || name.substr(0, 6) == "index_") << name;
  }
}

TEST_P(SharingLevels, FeaturesHoldEveryBranchAndTheSavedModuleTakesThem) {
  NetworkSpec spec = SmallSpec(v1::HEAD_TYPE_CLASS_INDEPENDENT);
  spec.sharing = GetParam();
  ProvenanceNetwork network = Network(spec);
  network.SetTraining(false);
  const at::Tensor features = network.Features(SomeInput());
  const int64_t branches = GetParam() == Sharing::kEverything ? 1 : 2;
  EXPECT_EQ(features.sizes(), (Sizes{kBatch, branches * BranchDim(spec)}));
  std::istringstream bytes(network.Serialize());
  torch::jit::Module loaded = torch::jit::load(bytes);
  const auto outputs = loaded.forward({SomeInput()}).toTuple();
  EXPECT_TRUE(at::equal(outputs->elements()[0].toTensor(), network.Classify(features)));
}

TEST(BackboneSize, GrowsFromFourToEightyMillionParameters) {
  // The class-conditional head of 18,000 of the MNIST digits.
  NetworkSpec spec{.channels = 1,
                   .height = 28,
                   .width = 28,
                   .channel_mean = {0.13F},
                   .channel_stddev = {0.31F},
                   .classes = 10,
                   .index_dim = 2023,
                   .sample_classes = {}};
  const std::pair<BackboneSize, double> kMillions[] = {{BackboneSize::kSmall, 4.3},
                                                       {BackboneSize::kMedium, 9.5},
                                                       {BackboneSize::kLarge, 21},
                                                       {BackboneSize::kXLarge, 80}};
  for (const auto& [size, millions] : kMillions) {
    spec.size = size;
    EXPECT_NEAR(static_cast<double>(Network(spec).ParameterCount()) / 1e6 / millions, 1, 0.05)
        << BackboneSizeName(size);
  }
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
