#include "trainer/faithfulness/index_head_logits.h"

#include <gmock/gmock.h>
#include <torch/torch.h>

#include "tests/trainer/faithfulness/small_network.h"

namespace provnet {
namespace {

constexpr uint64_t kSamples = 13;

class IndexHeadLogitsTest : public ::testing::Test {
 protected:
  at::Tensor Fast(ProvenanceNetwork& network) {
    const Factor factor = IndexHeadLogits(network, samples_, Features(network));
    return factor.queries.matmul(factor.samples.t());
  }

  at::Tensor Features(ProvenanceNetwork& network) { return OutputsFor(network, queries_).features; }

  const Dataset samples_ = SmallData(kSamples, 1), queries_ = SmallData(5, 2);
};

// One call of the served head for each sample, with the sample's class, read at its position.
TEST_F(IndexHeadLogitsTest, OfClassConditionalHeadsAreAtTheSamplesOwnClassAndPosition) {
  ProvenanceNetwork network = SmallNetwork(samples_, v1::HEAD_TYPE_CLASS_CONDITIONAL);
  const at::Tensor fast = Fast(network), features = Features(network);
  ASSERT_EQ(fast.size(1), static_cast<int64_t>(kSamples));
  std::vector<int64_t> next(3);
  for (uint64_t i = 0; i < kSamples; ++i) {
    const int64_t label = samples_.labels[i];
    const at::Tensor logits = network.Attribute(features, at::full({5}, label, at::kLong));
    const at::Tensor slow = logits.select(1, next[label]++);
    EXPECT_TRUE(at::allclose(fast.select(1, static_cast<int64_t>(i)), slow, 1e-4, 1e-4)) << i;
  }
}

TEST_F(IndexHeadLogitsTest, OfOtherLinearHeadsAreTheHeadsOwn) {
  for (v1::HeadType head : {v1::HEAD_TYPE_CLASS_INDEPENDENT, v1::HEAD_TYPE_SINGLE_BRANCH}) {
    ProvenanceNetwork network = SmallNetwork(samples_, head);
    const at::Tensor slow = network.Attribute(Features(network), at::zeros({5}, at::kLong));
    EXPECT_TRUE(at::allclose(Fast(network), slow, 1e-4, 1e-4)) << head;
  }
}

TEST_F(IndexHeadLogitsTest, OfEmbeddingHeadsAreCosines) {
  ProvenanceNetwork network = SmallNetwork(samples_, v1::HEAD_TYPE_EMBEDDING);
  const at::Tensor fast = Fast(network);
  EXPECT_LE(fast.abs().max().item<float>(), 1 + 1e-5);
  const at::Tensor sample =
      network.Query(OutputsFor(network, samples_).features, at::zeros({13}, at::kLong))[4];
  const at::Tensor query = network.Query(Features(network), at::zeros({5}, at::kLong))[2];
  EXPECT_NEAR(fast[2][4].item<float>(), query.dot(sample).item<float>(), 1e-5);
}

TEST_F(IndexHeadLogitsTest, AreNamedAfterTheHead) {
  EXPECT_EQ(IndexHeadMethod(v1::HEAD_TYPE_SINGLE_BRANCH), "head-single-branch");
}

TEST_F(IndexHeadLogitsTest, OfAnEmbeddingHeadPutTheSampleItselfFirst) {
  ProvenanceNetwork network = SmallNetwork(samples_, v1::HEAD_TYPE_EMBEDDING);
  EXPECT_EQ(OwnSampleFirst(network, samples_, kSamples), 1);
}

}  // namespace
}  // namespace provnet
