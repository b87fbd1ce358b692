#include "tests/server/service/test_server.h"

#include <chrono>
#include <utility>

namespace provnet {
namespace {

std::vector<std::shared_ptr<FakeServable>> MakeModels(
    const std::vector<FakeServable::Options>& options) {
  std::vector<std::shared_ptr<FakeServable>> models;
  for (const auto& option : options) models.push_back(std::make_shared<FakeServable>(option));
  return models;
}

std::vector<BundleLocation> Locations(const std::vector<std::shared_ptr<FakeServable>>& models) {
  std::vector<BundleLocation> locations;
  for (const auto& model : models)
    locations.push_back({model->manifest().model(), model->manifest().version(), ""});
  return locations;
}

}  // namespace

TestServer::TestServer(ServerOptions options, std::vector<FakeServable::Options> models,
                       const Clock& clock)
    : models_(MakeModels(models)),
      registry_([this] { return Locations(models_); },
                [this](const BundleLocation& location) -> absl::StatusOr<ModelHandle> {
                  for (const auto& model : models_) {
                    if (model->manifest().model() == location.model &&
                        model->manifest().version() == location.version) {
                      return model;
                    }
                  }
                  return absl::NotFoundError(location.model);
                }) {
  options.grpc = {"127.0.0.1", 0};
  options.http = {"127.0.0.1", 0};
  auto server = Server::Start(options,
                              {metrics_,
                               [this](const Servable& s) -> BatchProbe& {
                                 return metrics_.BatchProbeFor(s.manifest().model());
                               },
                               [this] { return metrics_.Text(); }},
                              log_, clock);
  EXPECT_TRUE(server.ok()) << server.status();
  server_ = *std::move(server);
  stub_ = v1::ProvenanceService::NewStub(NewChannel());
}

TestServer::~TestServer() {
  for (const auto& model : models_) model->OpenGate();
}

void TestServer::Serve() {
  EXPECT_TRUE(registry_.LoadAll().ok());
  EXPECT_TRUE(server_->Serve(registry_).ok());
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
