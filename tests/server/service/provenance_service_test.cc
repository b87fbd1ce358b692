// The unary calls over a real loopback connection.
#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "google/rpc/status.pb.h"
#include "storage/base/trace_context.h"
#include "tests/server/service/test_server.h"
#include "tests/testing/fake_clock.h"

namespace provnet {
namespace {

using testing::HasSubstr;

std::chrono::system_clock::time_point Later() {
  return std::chrono::system_clock::now() + std::chrono::seconds(60);
}

grpc::ByteBuffer ToBuffer(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

std::string FromBuffer(const grpc::ByteBuffer& buffer) {
  grpc::Slice slice;
  if (!buffer.TrySingleSlice(&slice).ok()) buffer.DumpToSingleSlice(&slice);
  return std::string(reinterpret_cast<const char*>(slice.begin()), slice.size());
}

// grpc.health.v1.Health/Check, of whose messages Debian ships no headers: "service" is field 1 of
// the request, "status" field 1 of the response (1 SERVING, 2 NOT_SERVING).
int HealthOf(TestServer& server, const std::string& service) {
  grpc::GenericStub stub(server.NewChannel());
  grpc::ClientContext context;
  context.set_deadline(Later());
  const grpc::ByteBuffer request = ToBuffer(
      service.empty() ? "" : std::string("\x0a") + static_cast<char>(service.size()) + service);
  grpc::ByteBuffer response;
  std::promise<grpc::Status> done;
  stub.UnaryCall(&context, "/grpc.health.v1.Health/Check", {}, &request, &response,
                 [&done](grpc::Status status) { done.set_value(std::move(status)); });
  const grpc::Status status = done.get_future().get();
  EXPECT_TRUE(status.ok()) << status.error_message();
  const std::string bytes = FromBuffer(response);
  return bytes.size() == 2 && bytes[0] == 0x08 ? bytes[1] : 0;
}

// RetryInfo of an error's details, in milliseconds; 0 when there is none.
int64_t RetryMs(const grpc::Status& status) {
  google::rpc::Status details;
  google::rpc::RetryInfo info;
  if (!details.ParseFromString(status.error_details())) return 0;
  for (const auto& any : details.details()) any.UnpackTo(&info);
  return info.retry_delay().seconds() * 1000 + info.retry_delay().nanos() / 1'000'000;
}

TEST(ExplainTest, AnswersWithClassAndProvenance) {
  TestServer server;
  server.Serve();
  v1::ExplainRequest request = MakeRequest(3);
  request.set_include_exemplars(true);
  request.set_top_k(2);
  v1::ExplainResponse response;
  const grpc::Status status = Explain(server.stub(), request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.predicted().name(), "class 3");
  ASSERT_EQ(response.provenance_size(), 2);
  EXPECT_EQ(response.provenance(0).sample_index(), 3U);
  EXPECT_EQ(response.provenance(0).sample().source_id(), "fake#3");
  EXPECT_EQ(response.class_probabilities_size(), 0);
}

TEST(ExplainTest, EachBadRequestIsRefusedWithItsReason) {
  TestServer server({}, {{.model = "digits"}, {.model = "shapes", .version = 4}});
  server.Serve();
  using R = v1::ExplainRequest;
  struct Row {
    const char* name;
    std::function<void(R&)> spoil;
    grpc::StatusCode code;
    const char* part;
  };
  const Row rows[] = {
      {"k of zero", [](R& r) { r.set_top_k(0); }, grpc::INVALID_ARGUMENT, "top_k is 0"},
      {"k above N", [](R& r) { r.set_top_k(101); }, grpc::INVALID_ARGUMENT, "1 .. 100"},
      {"no input", [](R& r) { r.clear_tensor(); }, grpc::INVALID_ARGUMENT, "no input"},
      {"short tensor", [](R& r) { r.mutable_tensor()->set_data("abc"); }, grpc::INVALID_ARGUMENT,
       "3 bytes, expected 16"},
      {"no such priority", [](R& r) { r.set_priority(static_cast<v1::Priority>(9)); },
       grpc::INVALID_ARGUMENT, "priority is 9"},
      {"no model named", [](R& r) { r.clear_model(); }, grpc::INVALID_ARGUMENT, "shapes"},
      {"unknown model", [](R& r) { r.mutable_model()->set_name("cats"); }, grpc::NOT_FOUND, "cats"},
      {"unknown version", [](R& r) { r.mutable_model()->set_version(9); }, grpc::NOT_FOUND, "9"},
  };
  for (const Row& row : rows) {
    R request = MakeRequest();
    request.mutable_model()->set_name("digits");
    row.spoil(request);
    const grpc::Status status = Explain(server.stub(), request);
    EXPECT_EQ(status.error_code(), row.code) << row.name << ": " << status.error_message();
    EXPECT_THAT(status.error_message(), HasSubstr(row.part)) << row.name;
    EXPECT_EQ(RetryMs(status), 0) << row.name;
  }
}

TEST(ExplainTest, ATooLargeMessageIsRefusedAndTheServerLivesOn) {
  TestServerOptions options;
  options.max_request_bytes = 1000;
  TestServer server(options);
  server.Serve();
  v1::ExplainRequest request;
  request.set_encoded_image(std::string(2000, 'x'));
  EXPECT_EQ(Explain(server.stub(), request).error_code(), grpc::RESOURCE_EXHAUSTED);
  EXPECT_TRUE(Explain(server.stub(), MakeRequest()).ok());
}

TEST(ExplainTest, WaitingCallersShareABatchAndBadOnesSpoilNothing) {
  TestServer server;
  server.Serve();
  server.model().CloseGate();
  std::vector<std::thread> callers;
  callers.emplace_back([&server] { EXPECT_TRUE(Explain(server.stub(), MakeRequest()).ok()); });
  server.model().AwaitBatches(1);
  for (uint32_t i = 0; i < 8; ++i) {
    callers.emplace_back([&server, i] {
      v1::ExplainResponse response;
      EXPECT_TRUE(Explain(server.stub(), MakeRequest(i), &response).ok());
      EXPECT_EQ(response.predicted().id(), i);
    });
  }
  v1::ExplainRequest bad = MakeRequest();
  bad.set_top_k(0);
  EXPECT_EQ(Explain(server.stub(), bad).error_code(), grpc::INVALID_ARGUMENT);
  while (server.server().in_flight() < 9) std::this_thread::yield();
  server.model().OpenGate();
  for (std::thread& caller : callers) caller.join();
}

TEST(ExplainTest, AFullQueueRefusesWithRetryInfo) {
  TestServerOptions options;
  options.queue.max_waiting = 1;
  TestServer server(options);
  server.Serve();
  server.model().CloseGate();
  std::vector<std::thread> callers;
  callers.emplace_back([&server] { EXPECT_TRUE(Explain(server.stub(), MakeRequest()).ok()); });
  server.model().AwaitBatches(1);
  callers.emplace_back([&server] { EXPECT_TRUE(Explain(server.stub(), MakeRequest()).ok()); });
  server.AwaitQueueDepth(1);
  const grpc::Status status = Explain(server.stub(), MakeRequest());
  EXPECT_EQ(status.error_code(), grpc::RESOURCE_EXHAUSTED);
  EXPECT_THAT(status.error_message(), HasSubstr("the limit is 1"));
  EXPECT_GT(RetryMs(status), 0);
  server.model().OpenGate();
  for (std::thread& caller : callers) caller.join();
}

TEST(ExplainTest, ADeadlineThatCannotBeMetIsRefusedAtOnceWithRetryInfo) {
  TestServerOptions options;
  options.queue.limits.max_batch_size = 1;
  FakeClock clock;
  TestServer server(options, {FakeServable::Options()}, clock);
  server.Serve();
  const auto hold_a_batch = [&server](size_t number) {
    server.model().CloseGate();
    std::thread caller([&server] {
      grpc::ClientContext unbounded;
      v1::ExplainResponse response;
      EXPECT_TRUE(server.stub().Explain(&unbounded, MakeRequest(), &response).ok());
    });
    server.model().AwaitBatches(number);
    return caller;
  };
  std::thread first = hold_a_batch(1);
  // The first batch takes ten minutes by the server's clock, so that no call can wait for another.
  clock.Advance(absl::Minutes(10));
  server.model().OpenGate();
  first.join();
  std::thread second = hold_a_batch(2);
  const grpc::Status status = Explain(server.stub(), MakeRequest());
  EXPECT_EQ(status.error_code(), grpc::RESOURCE_EXHAUSTED) << status.error_message();
  EXPECT_THAT(status.error_message(), HasSubstr("the deadline is too close"));
  EXPECT_GT(RetryMs(status), 0);
  EXPECT_THAT(server.metrics().Text(),
              HasSubstr("provnet_requests_rejected_total{model=\"digits\",reason=\"deadline_too_"
                        "close\"} 1"));
  server.model().OpenGate();
  second.join();
}

TEST(ExplainTest, ADeadlineInTheQueueIsKeptWhileTheEngineIsStuck) {
  TestServer server;
  server.Serve();
  server.model().CloseGate();
  std::thread first([&server] { EXPECT_TRUE(Explain(server.stub(), MakeRequest()).ok()); });
  server.model().AwaitBatches(1);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(30));
  v1::ExplainResponse response;
  EXPECT_EQ(server.stub().Explain(&context, MakeRequest(), &response).error_code(),
            grpc::DEADLINE_EXCEEDED);
  // The queue let go of it too, although no executor came by.
  server.AwaitQueueDepth(0);
  server.model().OpenGate();
  first.join();
  EXPECT_THAT(server.model().batch_sizes(), testing::ElementsAre(1));
}

TEST(ExplainTest, APoisonedRequestFailsAloneAndItsMatesAreAnswered) {
  TestServer server;
  server.Serve();
  server.model().Poison({7});
  server.model().CloseGate();
  std::vector<std::thread> callers;
  callers.emplace_back([&server] { EXPECT_TRUE(Explain(server.stub(), MakeRequest()).ok()); });
  server.model().AwaitBatches(1);
  for (uint32_t i = 0; i < 10; ++i) {
    callers.emplace_back([&server, i] {
      const grpc::Status status = Explain(server.stub(), MakeRequest(i));
      EXPECT_EQ(status.error_code(), i == 7 ? grpc::INTERNAL : grpc::OK) << i;
    });
  }
  while (server.server().in_flight() < 11) std::this_thread::yield();
  server.model().OpenGate();
  for (std::thread& caller : callers) caller.join();
}

TEST(ExplainTest, ACancelledCallNeverRuns) {
  TestServer server;
  server.Serve();
  server.model().CloseGate();
  std::thread first([&server] { EXPECT_TRUE(Explain(server.stub(), MakeRequest()).ok()); });
  server.model().AwaitBatches(1);

  grpc::ClientContext context;
  std::thread second([&server, &context] {
    v1::ExplainResponse response;
    EXPECT_EQ(server.stub().Explain(&context, MakeRequest(), &response).error_code(),
              grpc::CANCELLED);
  });
  while (server.server().in_flight() < 2) std::this_thread::yield();
  context.TryCancel();
  second.join();
  // The cancellation is on its way.
  while (!absl::StrContains(server.metrics().Text(),
                            "provnet_requests_abandoned_total{rpc=\"Explain\"} 1")) {
    std::this_thread::yield();
  }
  server.model().OpenGate();
  first.join();
  while (server.server().in_flight() > 0) std::this_thread::yield();
  EXPECT_THAT(
      server.metrics().Text(),
      HasSubstr("provnet_requests_rejected_total{model=\"digits\",reason=\"cancelled\"} 1"));
  EXPECT_THAT(server.model().batch_sizes(), testing::ElementsAre(1));
}

TEST(ExplainTest, CallsWhileLoadingAreUnavailableWithRetryInfo) {
  TestServer server;
  const grpc::Status status = Explain(server.stub(), MakeRequest());
  EXPECT_EQ(status.error_code(), grpc::UNAVAILABLE);
  EXPECT_THAT(status.error_message(), HasSubstr("loading"));
  EXPECT_GT(RetryMs(status), 0);
}

TEST(ExplainTest, TheRequestIdComesBackAndIsLogged) {
  TestServer server;
  server.Serve();
  grpc::ClientContext context;
  context.AddMetadata("x-request-id", "trace-77");
  v1::ExplainResponse response;
  EXPECT_FALSE(server.stub().Explain(&context, v1::ExplainRequest(), &response).ok());
  const auto& trailers = context.GetServerTrailingMetadata();
  ASSERT_EQ(trailers.count("x-request-id"), 1U);
  EXPECT_EQ(trailers.find("x-request-id")->second, "trace-77");
  EXPECT_THAT(server.log(), HasSubstr("\"request_id\":\"trace-77\""));
}

TEST(ExplainTest, TheTraceIsLoggedAndItsPartHereComesBack) {
  TestServer server;
  server.Serve();
  const std::string trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
  grpc::ClientContext context;
  context.AddMetadata("traceparent", "00-" + trace_id + "-00f067aa0ba902b7-01");
  v1::ExplainResponse response;
  EXPECT_TRUE(server.stub().Explain(&context, MakeRequest(), &response).ok());
  const auto& trailers = context.GetServerTrailingMetadata();
  ASSERT_EQ(trailers.count("traceresponse"), 1U);
  const auto answered = trailers.find("traceresponse")->second;
  const auto own = ParseTraceParent({answered.data(), answered.size()});
  ASSERT_TRUE(own.has_value());
  EXPECT_EQ(own->trace_id, trace_id);
  EXPECT_TRUE(own->sampled);
  EXPECT_THAT(server.log(), HasSubstr("\"trace_id\":\"" + trace_id + "\""));
  EXPECT_THAT(server.log(), HasSubstr("\"span_id\":\"" + own->span_id + "\""));
  EXPECT_THAT(server.log(), HasSubstr("\"parent_span_id\":\"00f067aa0ba902b7\""));
}

TEST(ExplainTest, ATraceThatIsNoneOrThatThereAreTwoOfIsLeftOut) {
  TestServer server;
  server.Serve();
  const std::string valid = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  for (const std::vector<std::string>& sent :
       {std::vector<std::string>{"00-nonsense"}, std::vector<std::string>{valid, valid}}) {
    grpc::ClientContext context;
    for (const std::string& one : sent) context.AddMetadata("traceparent", one);
    v1::ExplainResponse response;
    EXPECT_TRUE(server.stub().Explain(&context, MakeRequest(), &response).ok());
    EXPECT_EQ(context.GetServerTrailingMetadata().count("traceresponse"), 0U);
  }
  EXPECT_THAT(server.log(), testing::Not(HasSubstr("trace_id")));
}

TEST(ExplainTest, ARequestWithoutIdGetsOne) {
  TestServer server;
  server.Serve();
  grpc::ClientContext context;
  v1::ExplainResponse response;
  EXPECT_TRUE(server.stub().Explain(&context, MakeRequest(), &response).ok());
  EXPECT_EQ(context.GetServerTrailingMetadata().count("x-request-id"), 1U);
}

grpc::Status GetExemplars(TestServer& server, const std::vector<uint64_t>& indices,
                          v1::GetExemplarsResponse* response) {
  v1::GetExemplarsRequest request;
  for (const uint64_t index : indices) request.add_sample_index(index);
  grpc::ClientContext context;
  context.set_deadline(Later());
  return server.stub().GetExemplars(&context, request, response);
}

TEST(GetExemplarsTest, ReturnsSamplesInTheOrderOfTheRequest) {
  TestServer server;
  server.Serve();
  v1::GetExemplarsResponse response;
  ASSERT_TRUE(GetExemplars(server, {99, 0, 99}, &response).ok());
  ASSERT_EQ(response.samples_size(), 3);
  EXPECT_EQ(response.samples(0).sample_index(), 99U);
  EXPECT_EQ(response.samples(1).sample().source_id(), "fake#0");
  EXPECT_EQ(response.samples(2).sample().label(), 9U);
  EXPECT_EQ(response.model().name(), "digits");
}

TEST(GetExemplarsTest, RefusesWithTheIndexOrTheBound) {
  TestServerOptions options;
  options.limits.max_exemplars = 3;
  options.limits.max_content_bytes = 25;
  TestServer server(options);
  server.Serve();
  server.model().store().Damage(17);
  struct Row {
    std::vector<uint64_t> indices;
    grpc::StatusCode code;
    const char* part;
  };
  const Row rows[] = {
      {{}, grpc::INVALID_ARGUMENT, "0 entries, expected 1 .. 3"},
      {{1, 2, 3, 4}, grpc::INVALID_ARGUMENT, "4 entries, expected 1 .. 3"},
      {{0, 100}, grpc::NOT_FOUND, "sample index 100 does not exist"},
      {{1, 17}, grpc::DATA_LOSS, "sample 17"},
      {{1, 2, 3}, grpc::RESOURCE_EXHAUSTED, "the limit of a response is 25"},
  };
  for (const Row& row : rows) {
    v1::GetExemplarsResponse response;
    const grpc::Status status = GetExemplars(server, row.indices, &response);
    EXPECT_EQ(status.error_code(), row.code) << status.error_message();
    EXPECT_THAT(status.error_message(), HasSubstr(row.part));
  }
  EXPECT_THAT(server.metrics().Text(), HasSubstr("\nprovnet_samples_damaged_total 1\n"));
}

TEST(ModelsTest, ListsWhatIsLoadedAndDescribesIt) {
  TestServer server({}, {{.model = "b"}, {.model = "a", .version = 2}});
  server.Serve();
  grpc::ClientContext list_context;
  v1::ListModelsResponse list;
  ASSERT_TRUE(server.stub().ListModels(&list_context, {}, &list).ok());
  ASSERT_EQ(list.models_size(), 2);
  EXPECT_EQ(list.models(0).model().name(), "a");
  EXPECT_EQ(list.models(0).state(), v1::ModelInfo::STATE_AVAILABLE);
  EXPECT_EQ(list.models(0).device(), "cpu");

  grpc::ClientContext get_context;
  v1::GetModelRequest request;
  request.mutable_model()->set_name("a");
  v1::GetModelResponse model;
  ASSERT_TRUE(server.stub().GetModel(&get_context, request, &model).ok());
  EXPECT_EQ(model.info().sample_count(), 100U);
  EXPECT_EQ(model.manifest().class_names_size(), 10);
}

TEST(HealthTest, ServesOnlyOnceModelsAreReady) {
  TestServer server;
  constexpr int kServing = 1;
  constexpr int kNotServing = 2;
  EXPECT_EQ(HealthOf(server, ""), kNotServing);
  EXPECT_EQ(HealthOf(server, "provnet.v1.ProvenanceService"), kNotServing);
  server.Serve();
  EXPECT_EQ(HealthOf(server, ""), kServing);
  EXPECT_EQ(HealthOf(server, "provnet.v1.ProvenanceService"), kServing);
}

TEST(ReflectionTest, ListsTheService) {
  TestServer server;
  grpc::GenericStub stub(server.NewChannel());
  grpc::ClientContext context;
  context.set_deadline(Later());
  grpc::CompletionQueue queue;
  const auto next = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  auto call = stub.PrepareCall(
      &context, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", &queue);
  call->StartCall(nullptr);
  ASSERT_TRUE(next());
  // Field 7, list_services, with any text.
  call->Write(ToBuffer("\x3a\x01*"), nullptr);
  ASSERT_TRUE(next());
  grpc::ByteBuffer response;
  call->Read(&response, nullptr);
  ASSERT_TRUE(next());
  EXPECT_THAT(FromBuffer(response), HasSubstr("provnet.v1.ProvenanceService"));
  context.TryCancel();
  grpc::Status status;
  call->Finish(&status, nullptr);
  next();
  queue.Shutdown();
  while (next()) {
  }
}

}  // namespace
}  // namespace provnet
