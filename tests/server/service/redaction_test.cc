// What answers show at each disclosure level, over real loopback connections.
#include <gmock/gmock.h>

#include <optional>

#include "tests/server/service/guarded_server.h"

namespace provnet {
namespace {

using ::testing::HasSubstr;

constexpr char kPolicy[] = R"({"roles": [
  {"name": "indices", "grants": [{"rpcs": ["*"], "models": ["*"]}]},
  {"name": "labels", "grants": [{"rpcs": ["*"], "models": ["*"]}],
   "disclosure": "DISCLOSURE_LABELS"},
  {"name": "content", "grants": [{"rpcs": ["*"], "models": ["*"]}],
   "disclosure": "DISCLOSURE_CONTENT"}]})";

class RedactionTest : public ::testing::Test {
 protected:
  RedactionTest()
      : files_(kPolicy, {{"i", "indices"}, {"l", "labels"}, {"c", "content"}}),
        server_(Options(), {{.calibration = SomeCalibration()}}) {
    server_.Serve();
  }

  TestServerOptions Options() {
    TestServerOptions options;
    options.guards.access = &files_.control();
    return options;
  }

  v1::Exemplar FirstExplained(const std::string& token, bool contents,
                              v1::Disclosure expected_disclosure) {
    TokenContext context(token);
    v1::ExplainRequest request = MakeRequest(3);
    request.set_include_exemplars(contents);
    v1::ExplainResponse response;
    EXPECT_TRUE(server_.stub().Explain(&context, request, &response).ok());
    EXPECT_EQ(response.label_agreement() > 0, token != "i");
    EXPECT_EQ(response.disclosure(), expected_disclosure);
    EXPECT_EQ(response.predicted().name(), "class 3");
    EXPECT_EQ(response.provenance_size(), 5);
    return response.provenance(0);
  }

  AccessFiles files_;
  TestServer server_;
};

TEST_F(RedactionTest, ExplainShowsWhatTheRoleMaySee) {
  const v1::Exemplar indices = FirstExplained("i", true, v1::DISCLOSURE_INDICES);
  EXPECT_EQ(indices.sample_index(), 3U);
  EXPECT_GT(indices.score(), 0);
  EXPECT_EQ(indices.label_name(), "");
  EXPECT_EQ(indices.label(), 0U);
  EXPECT_FALSE(indices.has_sample());
  EXPECT_EQ(indices.error().code(), grpc::PERMISSION_DENIED);

  const v1::Exemplar labels = FirstExplained("l", true, v1::DISCLOSURE_LABELS);
  EXPECT_EQ(labels.label_name(), "class 3");
  EXPECT_FALSE(labels.has_sample());
  EXPECT_THAT(labels.error().message(), HasSubstr("indices and labels"));

  const v1::Exemplar content = FirstExplained("c", true, v1::DISCLOSURE_UNSPECIFIED);
  EXPECT_EQ(content.sample().source_id(), "fake#3");
  EXPECT_FALSE(content.has_error());
}

TEST_F(RedactionTest, WhatWasNotAskedForIsNoError) {
  EXPECT_FALSE(FirstExplained("l", false, v1::DISCLOSURE_LABELS).has_error());
}

TEST_F(RedactionTest, StreamedAnswersAreRedactedToo) {
  TokenContext context("i");
  const auto stream = server_.stub().ExplainStream(&context);
  v1::ExplainRequest request = MakeRequest(3);
  request.set_include_exemplars(true);
  stream->Write(request);
  stream->WritesDone();
  v1::ExplainStreamResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.response().disclosure(), v1::DISCLOSURE_INDICES);
  EXPECT_EQ(response.response().provenance(0).label_name(), "");
  EXPECT_FALSE(response.response().provenance(0).has_sample());
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(RedactionTest, GetExemplarsShowsLabelsOrContentsOrNothingAtAll) {
  v1::GetExemplarsRequest request;
  request.add_sample_index(13);
  const auto get = [&](const std::string& token, v1::GetExemplarsResponse& response) {
    TokenContext context(token);
    return server_.stub().GetExemplars(&context, request, &response);
  };
  v1::GetExemplarsResponse indices;
  const grpc::Status refused = get("i", indices);
  EXPECT_EQ(refused.error_code(), grpc::PERMISSION_DENIED);
  EXPECT_THAT(refused.error_message(), HasSubstr("role"));

  v1::GetExemplarsResponse labels;
  ASSERT_TRUE(get("l", labels).ok());
  EXPECT_EQ(labels.disclosure(), v1::DISCLOSURE_LABELS);
  EXPECT_EQ(labels.samples(0).sample_index(), 13U);
  v1::SampleRecord label_alone;
  label_alone.set_label(3);
  EXPECT_EQ(labels.samples(0).sample().SerializeAsString(), label_alone.SerializeAsString());

  v1::GetExemplarsResponse content;
  ASSERT_TRUE(get("c", content).ok());
  EXPECT_EQ(content.disclosure(), v1::DISCLOSURE_UNSPECIFIED);
  EXPECT_EQ(content.samples(0).sample().source_id(), "fake#13");
}

TEST_F(RedactionTest, CheckMembershipShowsTheNearestSampleAsTheRoleMaySeeIt) {
  const auto check = [&](const std::string& token) {
    TokenContext context(token);
    v1::CheckMembershipRequest request;
    *request.mutable_tensor() = MakeRequest(3).tensor();
    request.set_include_nearest(true);
    v1::CheckMembershipResponse response;
    EXPECT_TRUE(server_.stub().CheckMembership(&context, request, &response).ok());
    return response;
  };
  const v1::CheckMembershipResponse indices = check("i");
  EXPECT_EQ(indices.reference().source(), "");
  EXPECT_EQ(indices.reference().name(), "images outside the subset");
  EXPECT_EQ(indices.disclosure(), v1::DISCLOSURE_INDICES);
  EXPECT_GT(indices.p_value(), 0);
  EXPECT_EQ(indices.nearest().label_name(), "");
  EXPECT_EQ(indices.nearest().error().code(), grpc::PERMISSION_DENIED);
  const v1::CheckMembershipResponse labels = check("l");
  EXPECT_EQ(labels.nearest().label_name(), "class 3");
  EXPECT_FALSE(labels.nearest().has_sample());
  const v1::CheckMembershipResponse contents = check("c");
  EXPECT_EQ(contents.nearest().sample().source_id(), "fake#3");
  EXPECT_EQ(contents.reference().source(), "idx:digits");
}

// What tells, to who has the data set, which of its samples were trained on.
TEST_F(RedactionTest, GetModelNamesTheTrainingSamplesToNobodyWhoMayNotReadThem) {
  const auto get = [&](const std::string& token) {
    TokenContext context(token);
    v1::GetModelResponse response;
    EXPECT_TRUE(server_.stub().GetModel(&context, {}, &response).ok());
    EXPECT_EQ(response.manifest().training().epochs(), 20U);
    EXPECT_EQ(response.manifest().training().subset_mask(), "");
    return response;
  };
  for (const auto& [token, disclosure] :
       {std::pair("i", v1::DISCLOSURE_INDICES), std::pair("l", v1::DISCLOSURE_LABELS)}) {
    const v1::GetModelResponse model = get(token);
    EXPECT_EQ(model.disclosure(), disclosure);
    const v1::TrainingConfig& training = model.manifest().training();
    EXPECT_EQ(training.dataset(), "");
    EXPECT_EQ(training.dataset_fingerprint(), "");
    EXPECT_EQ(training.seed(), 0U);
    EXPECT_EQ(model.manifest().files_size(), 0);
  }
  const v1::GetModelResponse whole = get("c");
  EXPECT_EQ(whole.disclosure(), v1::DISCLOSURE_UNSPECIFIED);
  EXPECT_EQ(whole.manifest().training().dataset(), "idx:digits");
  EXPECT_EQ(whole.manifest().training().seed(), 7U);
  EXPECT_EQ(whole.manifest().files_size(), 1);
}

}  // namespace
}  // namespace provnet
