#include "tests/server/service/test_server.h"

#include <chrono>
#include <thread>
#include <utility>

#include "absl/strings/match.h"

namespace provnet {
namespace {

std::vector<std::shared_ptr<FakeServable>> MakeModels(
    const std::vector<FakeServable::Options>& options) {
  std::vector<std::shared_ptr<FakeServable>> models;
  for (const auto& option : options) models.push_back(std::make_shared<FakeServable>(option));
  return models;
}

}  // namespace

TestServer::TestServer(TestServerOptions options, std::vector<FakeServable::Options> models,
                       const Clock& clock)
    : models_(MakeModels(models)),
      // Fakes count their batches, so nothing but calls may reach them.
      starter_({.queue = options.queue, .warm_up = false}, clock,
               [this](const Servable& servable) -> BatchProbe& {
                 return metrics_.BatchProbeFor(servable.manifest().model());
               }) {
  options.grpc.port = 0;
  options.http.port = 0;
  if (options.health.has_value()) options.health->port = 0;
  auto server = Server::Start(
      options, {metrics_, metrics_, metrics_, [this] { return metrics_.Text(); }}, log_, clock);
  EXPECT_TRUE(server.ok()) << server.status();
  server_ = *std::move(server);
  stub_ = v1::ProvenanceService::NewStub(NewChannel());
}

TestServer::~TestServer() {
  for (const auto& model : models_) model->OpenGate();
}

void TestServer::Serve() {
  Publish(models_);
  server_->Serve(registry_);
}

void TestServer::Publish(const std::vector<std::shared_ptr<FakeServable>>& models,
                         const std::map<uint64_t, std::map<std::string, double>>& labels) {
  std::vector<ModelReport> reports;
  for (const auto& model : models) {
    auto served = starter_.Start(model);
    ASSERT_TRUE(served.ok()) << served.status();
    const v1::BundleManifest& manifest = model->manifest();
    reports.push_back({{manifest.model(), manifest.version(), ""},
                       ModelReport::State::kAvailable,
                       unloader_.Own(*std::move(served))});
  }
  for (ModelReport& report : reports) {
    const auto found = labels.find(report.location.version);
    if (found != labels.end()) report.labels = found->second;
  }
  registry_.Publish(std::move(reports));
}

void TestServer::AwaitQueueDepth(size_t depth) const {
  const std::string line = absl::StrCat("provnet_queue_depth{model=\"digits\"} ", depth, "\n");
  while (!absl::StrContains(metrics_.Text(), line)) std::this_thread::yield();
}

std::shared_ptr<grpc::Channel> TestServer::NewChannel() const {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  // What the server says is what the test sees.
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  return grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", server_->grpc_port()),
                                   grpc::InsecureChannelCredentials(), arguments);
}

v1::ExplainRequest MakeRequest(uint32_t class_id) {
  v1::ExplainRequest request;
  v1::Tensor& tensor = *request.mutable_tensor();
  tensor.mutable_spec()->set_data_type(v1::DATA_TYPE_UINT8);
  for (const uint32_t extent : {1, 4, 4}) tensor.mutable_spec()->add_shape(extent);
  std::string data(16, '\0');
  data[0] = static_cast<char>(class_id * 255 / 10);
  tensor.set_data(data);
  return request;
}

grpc::Status Explain(v1::ProvenanceService::Stub& stub, const v1::ExplainRequest& request,
                     v1::ExplainResponse* response) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
  v1::ExplainResponse ignored;
  return stub.Explain(&context, request, response != nullptr ? response : &ignored);
}

}  // namespace provnet
