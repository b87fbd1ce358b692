// What is served equals what the engine says in this process, and what was trained on comes back
// byte for byte.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <thread>

#include "client/client.h"
#include "server/engine/servable.h"
#include "tests/integration/server_process.h"
#include "tests/testing/temp_dir.h"
#include "trainer/data/glyphs.h"

namespace provnet {
namespace {

constexpr size_t kTestImages = 1000;
constexpr float kScoreTolerance = 1e-4F;
// Samples whose scores are closer than what adding up in another order can change have no order.
constexpr float kTie = 1e-6F;
constexpr uint32_t kTopK = 5;

const DatasetPair& Digits() {
  static const DatasetPair* digits = new DatasetPair(MakeGlyphs(kTrainedGlyphs, kTrainedSeed));
  return *digits;
}

std::vector<ExplainQuery> Queries(const Dataset& images, size_t count) {
  std::vector<ExplainQuery> queries(count);
  // Some more than are asked of the server, for those that tie with its last.
  for (ExplainQuery& query : queries) query.top_k = 2 * kTopK;
  for (size_t i = 0; i < count; ++i) {
    for (uint8_t pixel : images.image(i))
      queries[i].input.push_back(static_cast<float>(pixel) / 255);
  }
  return queries;
}

std::vector<v1::ExplainRequest> Requests(const std::string& model, const Dataset& images,
                                         size_t count) {
  std::vector<v1::ExplainRequest> requests(count);
  for (size_t i = 0; i < count; ++i) {
    requests[i].mutable_model()->set_name(model);
    requests[i].set_top_k(kTopK);
    v1::Tensor& tensor = *requests[i].mutable_tensor();
    tensor.mutable_spec()->set_data_type(v1::DATA_TYPE_UINT8);
    for (uint32_t extent : {images.channels, images.height, images.width})
      tensor.mutable_spec()->add_shape(extent);
    tensor.set_data(std::string(images.image(i).begin(), images.image(i).end()));
  }
  return requests;
}

std::vector<Explanation> AnswersInProcess(const std::string& model,
                                          const std::vector<ExplainQuery>& queries) {
  const auto servable =
      Servable::Load({model, 1, TrainedRepository() / model / "1"},
                     {.device = "cpu", .index_precision = "fp32", .intra_op_threads = 2});
  if (!servable.ok()) throw std::runtime_error(servable.status().ToString());
  std::vector<Explanation> answers;
  // One at a time: the served side is batched as it comes, and batch mates must not matter.
  for (const ExplainQuery& query : queries) {
    const ExplainQuery* const alone[] = {&query};
    auto answer = (*servable)->Explain(alone);
    if (!answer.ok()) throw std::runtime_error(answer.status().ToString());
    answers.push_back(*std::move(answer->front()));
  }
  return answers;
}

// `rank` counts from 0.
void ExpectSameSample(const v1::Exemplar& served, const std::vector<ScoredSample>& expected,
                      size_t rank) {
  EXPECT_NEAR(served.score(), expected[rank].score, kScoreTolerance);
  EXPECT_EQ(served.rank(), rank + 1);
  const auto found = std::find_if(
      expected.begin(), expected.end(),
      [&](const ScoredSample& sample) { return sample.sample_index == served.sample_index(); });
  ASSERT_NE(found, expected.end()) << served.sample_index();
  EXPECT_EQ(served.label(), found->label);
  EXPECT_NEAR(found->score, expected[rank].score, kTie)
      << served.sample_index() << " instead of " << expected[rank].sample_index;
}

void ExpectSame(const v1::ExplainResponse& served, const Explanation& expected, size_t i) {
  EXPECT_EQ(served.predicted().id(), expected.class_id) << "image " << i;
  EXPECT_NEAR(served.predicted().probability(), expected.class_probabilities[expected.class_id],
              kScoreTolerance);
  ASSERT_EQ(served.provenance_size(), static_cast<int>(kTopK)) << "image " << i;
  int agree = 0;
  for (int j = 0; j < served.provenance_size(); ++j) {
    SCOPED_TRACE(testing::Message() << "image " << i << " rank " << j + 1);
    ExpectSameSample(served.provenance(j), expected.provenance, static_cast<size_t>(j));
    agree += served.provenance(j).label() == expected.class_id;
  }
  EXPECT_NEAR(served.label_agreement(), static_cast<float>(agree) / kTopK, 1e-6) << "image " << i;
}

class AnswersTest : public ::testing::TestWithParam<const char*> {
 protected:
  TempDir scratch_;
};

TEST_P(AnswersTest, ServedInBatchesEqualInProcessOneByOne) {
  const Dataset& images = Digits().test;
  ASSERT_GE(images.size(), kTestImages);
  ServerProcess server(TrainedRepository(), {"--index-precision=fp32", "--device=cpu"},
                       scratch_.path());
  ASSERT_TRUE(server.ready()) << server.process().Log();
  const std::vector<Explanation> expected =
      AnswersInProcess(GetParam(), Queries(images, kTestImages));
  const Client client = server.OneShotClient();
  const auto served = client.ExplainAll(Requests(GetParam(), images, kTestImages));
  ASSERT_EQ(served.size(), kTestImages);
  for (size_t i = 0; i < kTestImages; ++i) {
    ASSERT_TRUE(served[i].ok()) << "image " << i << ": " << served[i].status();
    ExpectSame(*served[i], expected[i], i);
  }
}

TEST_P(AnswersTest, ConcurrentCallersEachGetTheirOwnAnswer) {
  constexpr size_t kCallers = 16;
  const Dataset& images = Digits().test;
  ServerProcess server(TrainedRepository(), {"--index-precision=fp32", "--device=cpu"},
                       scratch_.path());
  ASSERT_TRUE(server.ready()) << server.process().Log();
  const size_t count = 320;
  const std::vector<Explanation> expected = AnswersInProcess(GetParam(), Queries(images, count));
  const std::vector<v1::ExplainRequest> requests = Requests(GetParam(), images, count);
  std::vector<absl::StatusOr<v1::ExplainResponse>> served(count, absl::UnknownError("not asked"));
  const Client client = server.OneShotClient();
  {
    std::vector<std::jthread> callers;
    for (size_t c = 0; c < kCallers; ++c) {
      callers.emplace_back([&, c] {
        for (size_t i = c; i < count; i += kCallers) served[i] = client.Explain(requests[i]);
      });
    }
  }
  for (size_t i = 0; i < count; ++i) {
    ASSERT_TRUE(served[i].ok()) << "image " << i << ": " << served[i].status();
    ExpectSame(*served[i], expected[i], i);
  }
}

TEST_P(AnswersTest, EverySampleComesBackByteForByte) {
  const Dataset& train = Digits().train;
  ServerProcess server(TrainedRepository(), {}, scratch_.path());
  ASSERT_TRUE(server.ready()) << server.process().Log();
  const Client client = server.OneShotClient();
  constexpr uint64_t kPerCall = 500;
  for (uint64_t first = 0; first < train.size(); first += kPerCall) {
    v1::GetExemplarsRequest request;
    request.mutable_model()->set_name(GetParam());
    for (uint64_t i = first; i < std::min<uint64_t>(first + kPerCall, train.size()); ++i)
      request.add_sample_index(i);
    const auto response = client.GetExemplars(request);
    ASSERT_TRUE(response.ok()) << response.status();
    ASSERT_EQ(response->samples_size(), request.sample_index_size());
    for (const v1::StoredSample& stored : response->samples()) {
      const size_t i = stored.sample_index();
      EXPECT_EQ(stored.sample().content(),
                std::string(train.image(i).begin(), train.image(i).end()))
          << "sample " << i;
      EXPECT_EQ(stored.sample().label(), train.labels[i]) << "sample " << i;
      EXPECT_EQ(stored.sample().source_id(), train.source_id(i));
    }
  }
}

TEST_P(AnswersTest, TrainingImagesNameThemselvesWithTheirContent) {
  const Dataset& train = Digits().train;
  ServerProcess server(TrainedRepository(), {}, scratch_.path());
  ASSERT_TRUE(server.ready()) << server.process().Log();
  std::vector<v1::ExplainRequest> requests = Requests(GetParam(), train, 200);
  for (v1::ExplainRequest& request : requests) request.set_include_exemplars(true);
  const auto answers = server.OneShotClient().ExplainAll(requests);
  size_t found = 0;
  for (size_t i = 0; i < answers.size(); ++i) {
    ASSERT_TRUE(answers[i].ok()) << answers[i].status();
    for (const v1::Exemplar& exemplar : answers[i]->provenance()) {
      const auto pixels = train.image(exemplar.sample_index());
      ASSERT_EQ(exemplar.sample().content(), std::string(pixels.begin(), pixels.end()));
      if (exemplar.sample_index() == i) ++found;
    }
  }
  // Chance would find 0.5 of 200; even a briefly trained head finds most.
  EXPECT_GE(found, 150U);
}

INSTANTIATE_TEST_SUITE_P(Heads, AnswersTest, ::testing::Values("digits", "vectors"),
                         [](const auto& head) { return std::string(head.param); });

}  // namespace
}  // namespace provnet
