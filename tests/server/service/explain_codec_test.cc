#include "server/service/explain_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "server/service/arena_messages.h"
#include "tests/server/service/test_server.h"

namespace provnet {
namespace {

using testing::HasSubstr;

TEST(ExplainCodecTest, TopKIsBoundedByTheModelAndTheServer) {
  struct Row {
    const char* name;
    uint64_t sample_count;
    std::optional<uint32_t> top_k;
    // 0: refused.
    uint32_t want;
    const char* message;
  };
  const Row rows[] = {
      {"unset", 100, std::nullopt, 5, ""},
      {"unset with a tiny model", 3, std::nullopt, 3, ""},
      {"one", 100, 1, 1, ""},
      {"the model's size", 100, 100, 100, ""},
      {"zero", 100, 0, 0, "top_k is 0, expected 1 .. 100 (the model's sample count)"},
      {"above the model's size", 100, 101, 0, "top_k is 101, expected 1 .. 100"},
      {"above the server's limit", 5000, 1001, 0,
       "top_k is 1001, expected 1 .. 1000 (the server's limit)"},
      {"at the server's limit", 5000, 1000, 1000, ""},
  };
  for (const Row& row : rows) {
    FakeServable::Options options;
    options.sample_count = row.sample_count;
    const FakeServable servable(options);
    v1::ExplainRequest request = MakeRequest();
    if (row.top_k.has_value()) request.set_top_k(*row.top_k);
    const auto plan = ParseExplainRequest(request, servable, RequestLimits());
    EXPECT_EQ(plan.ok(), row.want != 0) << row.name;
    if (plan.ok()) {
      EXPECT_EQ(plan->query.top_k, row.want) << row.name;
    } else {
      EXPECT_EQ(plan.status().code(), absl::StatusCode::kInvalidArgument);
      EXPECT_THAT(std::string(plan.status().message()), HasSubstr(row.message)) << row.name;
    }
  }
}

TEST(ExplainCodecTest, ClassProbabilityCountIsBoundedByTheClasses) {
  const FakeServable servable{{}};
  v1::ExplainRequest request = MakeRequest();
  request.set_class_probability_count(10);
  EXPECT_TRUE(ParseExplainRequest(request, servable, RequestLimits()).ok());
  request.set_class_probability_count(11);
  const absl::Status status = ParseExplainRequest(request, servable, RequestLimits()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("class_probability_count is 11, expected 0 .. 10"));
}

Explanation MakeExplanation() {
  Explanation explanation;
  explanation.class_id = 2;
  explanation.class_probabilities = {.1F, .2F, .4F, .2F, .1F, 0, 0, 0, 0, 0};
  explanation.provenance = {{42, .7F, 2}, {7, .1F, 7}};
  explanation.label_agreement = .5F;
  return explanation;
}

TEST(ExplainCodecTest, TheResponseNamesModelClassAndExemplars) {
  const FakeServable servable{{}};
  v1::ExplainResponse response;
  FillExplainResponse(MakeExplanation(), 3, servable, RequestLimits(), response);
  EXPECT_EQ(response.model().name(), "digits");
  EXPECT_EQ(response.model().version(), 1U);
  EXPECT_EQ(response.predicted().id(), 2U);
  EXPECT_EQ(response.predicted().name(), "class 2");
  EXPECT_FLOAT_EQ(response.predicted().probability(), .4F);
  EXPECT_FLOAT_EQ(response.label_agreement(), .5F);
  ASSERT_EQ(response.provenance_size(), 2);
  EXPECT_EQ(response.provenance(0).sample_index(), 42U);
  EXPECT_EQ(response.provenance(0).rank(), 1U);
  EXPECT_FLOAT_EQ(response.provenance(0).score(), .7F);
  EXPECT_EQ(response.provenance(1).label_name(), "class 7");
  EXPECT_EQ(response.provenance(1).rank(), 2U);
  // Ties by class id.
  ASSERT_EQ(response.class_probabilities_size(), 3);
  EXPECT_EQ(response.class_probabilities(0).id(), 2U);
  EXPECT_EQ(response.class_probabilities(1).id(), 1U);
  EXPECT_EQ(response.class_probabilities(2).id(), 3U);
}

TEST(ExplainCodecTest, AnUnreadableSampleSpoilsOnlyItsPlace) {
  const FakeServable servable{{}};
  Explanation explanation = MakeExplanation();
  v1::SampleRecord record;
  record.set_content("bytes");
  explanation.samples = {absl::DataLossError("bad block"), record};
  v1::ExplainResponse response;
  FillExplainResponse(std::move(explanation), 0, servable, RequestLimits(), response);
  EXPECT_FALSE(response.provenance(0).has_sample());
  EXPECT_EQ(response.provenance(0).error().code(), static_cast<int>(absl::StatusCode::kDataLoss));
  EXPECT_EQ(response.provenance(1).sample().content(), "bytes");
  EXPECT_FALSE(response.provenance(1).has_error());
}

// A response that gRPC sends is in an arena, the records that it shows are not.
TEST(ExplainCodecTest, ContentsAreMovedIntoAnArena) {
  const FakeServable servable{{}};
  Explanation explanation = MakeExplanation();
  v1::SampleRecord record;
  record.set_content(std::string(600, 'x'));
  record.set_content_type("image/png");
  const void* content = record.content().data();
  explanation.samples.push_back(std::move(record));
  ArenaMessages<v1::ExplainRequest, v1::ExplainResponse> messages;
  auto* call = messages.AllocateMessages();
  ASSERT_NE(call->response()->GetArena(), nullptr);
  FillExplainResponse(std::move(explanation), 0, servable, RequestLimits(), *call->response());
  const v1::SampleRecord& shown = call->response()->provenance(0).sample();
  EXPECT_EQ(shown.content_type(), "image/png");
  EXPECT_EQ(shown.content().size(), 600U);
  EXPECT_EQ(shown.content().data(), content);
  call->Release();
}

TEST(ExplainCodecTest, ContentsBeyondTheLimitAreLeftOut) {
  const FakeServable servable{{}};
  Explanation explanation = MakeExplanation();
  v1::SampleRecord record;
  record.set_content(std::string(600, 'x'));
  explanation.samples = {record, record};
  RequestLimits limits;
  limits.max_content_bytes = 1000;
  v1::ExplainResponse response;
  FillExplainResponse(std::move(explanation), 0, servable, limits, response);
  EXPECT_TRUE(response.provenance(0).has_sample());
  EXPECT_EQ(response.provenance(1).error().code(),
            static_cast<int>(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(response.provenance(1).error().message(), HasSubstr("1000"));
}

}  // namespace
}  // namespace provnet
