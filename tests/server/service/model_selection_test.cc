// Which version answers, what its answers say about it, and what GetModel says about the others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/server/service/test_server.h"

namespace provnet {
namespace {

std::shared_ptr<FakeServable> Version(uint64_t version) {
  FakeServable::Options options;
  options.version = version;
  return std::make_shared<FakeServable>(options);
}

grpc::Status GetModel(TestServer& server, const v1::ModelSelector& selector,
                      v1::GetModelResponse& response) {
  v1::GetModelRequest request;
  *request.mutable_model() = selector;
  grpc::ClientContext context;
  return server.stub().GetModel(&context, request, &response);
}

TEST(ModelSelectionTest, EveryAnswerNamesVersionAndStoreSnapshot) {
  TestServer server;
  server.Serve();
  v1::ExplainResponse explained;
  ASSERT_TRUE(Explain(server.stub(), MakeRequest(), &explained).ok());
  v1::GetExemplarsRequest request;
  request.add_sample_index(3);
  v1::GetExemplarsResponse exemplars;
  grpc::ClientContext context;
  ASSERT_TRUE(server.stub().GetExemplars(&context, request, &exemplars).ok());
  v1::GetModelResponse model;
  ASSERT_TRUE(GetModel(server, {}, model).ok());
  for (const v1::ModelVersion& version :
       {explained.model(), exemplars.model(), model.info().model()}) {
    EXPECT_EQ(version.name(), "digits");
    EXPECT_EQ(version.version(), 1);
    EXPECT_EQ(version.store_snapshot_id(), "0123456789abcdef");
  }
}

TEST(ModelSelectionTest, ALabelChoosesTheVersion) {
  TestServer server;
  server.Serve();
  server.Publish({Version(1), Version(2)}, {{1, {{"stable", 0.0}}}});
  v1::ExplainRequest request = MakeRequest();
  v1::ExplainResponse response;
  ASSERT_TRUE(Explain(server.stub(), request, &response).ok());
  EXPECT_EQ(response.model().version(), 2);
  request.mutable_model()->set_label("stable");
  ASSERT_TRUE(Explain(server.stub(), request, &response).ok());
  EXPECT_EQ(response.model().version(), 1);
  request.mutable_model()->set_label("canary");
  EXPECT_EQ(Explain(server.stub(), request).error_code(), grpc::NOT_FOUND);
  request.mutable_model()->set_version(1);
  EXPECT_EQ(Explain(server.stub(), request).error_code(), grpc::INVALID_ARGUMENT);
}

TEST(ModelSelectionTest, ACallInFlightEndsWithTheVersionItBeganWith) {
  TestServer server;
  server.Serve();
  server.model().CloseGate();
  v1::ExplainResponse response;
  grpc::Status status;
  std::thread caller([&] { status = Explain(server.stub(), MakeRequest(), &response); });
  server.model().AwaitBatches(1);
  server.Publish({Version(2)});
  v1::ExplainResponse next;
  ASSERT_TRUE(Explain(server.stub(), MakeRequest(), &next).ok());
  EXPECT_EQ(next.model().version(), 2);
  server.model().OpenGate();
  caller.join();
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.model().version(), 1);
}

TEST(ModelSelectionTest, GetModelSaysWhyAVersionIsNotThereAndWhatIs) {
  TestServer server;
  server.Serve();
  std::vector<ModelReport> reports = server.registry().Reports();
  reports.push_back({{"digits", 2, ""},
                     ModelReport::State::kFailed,
                     nullptr,
                     absl::DataLossError("/srv/models/digits/2/model.pt: damaged")});
  reports.push_back({{"digits", 3, ""}, ModelReport::State::kLoading});
  server.registry().Publish(reports);

  v1::GetModelResponse serving;
  ASSERT_TRUE(GetModel(server, {}, serving).ok());
  EXPECT_EQ(serving.info().state(), v1::ModelInfo::STATE_AVAILABLE);
  EXPECT_EQ(serving.manifest().model(), "digits");
  ASSERT_EQ(serving.other_versions_size(), 2);
  EXPECT_EQ(serving.other_versions(1).state(), v1::ModelInfo::STATE_LOADING);

  v1::ModelSelector selector;
  selector.set_name("digits");
  selector.set_version(2);
  v1::GetModelResponse failed;
  ASSERT_TRUE(GetModel(server, selector, failed).ok());
  EXPECT_EQ(failed.info().state(), v1::ModelInfo::STATE_FAILED);
  EXPECT_EQ(failed.info().error(), "model.pt: damaged");
  EXPECT_FALSE(failed.has_manifest());
  EXPECT_EQ(failed.other_versions_size(), 2);

  // The only model may go without its name.
  selector.clear_name();
  v1::GetModelResponse nameless;
  ASSERT_TRUE(GetModel(server, selector, nameless).ok());
  EXPECT_EQ(nameless.info().error(), "model.pt: damaged");

  selector.set_version(9);
  EXPECT_EQ(GetModel(server, selector, failed).error_code(), grpc::NOT_FOUND);
}

}  // namespace
}  // namespace provnet
