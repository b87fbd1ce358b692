#ifndef PROVNET_TESTS_SERVER_SERVICE_TEST_SERVER_H_
#define PROVNET_TESTS_SERVER_SERVICE_TEST_SERVER_H_

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "provnet/v1/provenance_service.grpc.pb.h"
#include "server/lifecycle/model_registry.h"
#include "server/lifecycle/model_unloader.h"
#include "server/metrics/server_metrics.h"
#include "server/service/model_starter.h"
#include "server/service/server.h"
#include "tests/testing/fake_servable.h"
#include "tests/testing/log_text.h"

namespace provnet {

// The queues' options beside the server's.
struct TestServerOptions : ServerOptions {
  BatchQueue::Options queue = {};
};

// The real server on loopback ports, with fake models. Loading is up to the test. Not thread-safe,
// except the stubs.
class TestServer {
 public:
  // `clock` is what the server goes by; it outlives this.
  explicit TestServer(TestServerOptions options = {},
                      std::vector<FakeServable::Options> models = {FakeServable::Options()},
                      const Clock& clock = Clock::Steady());
  ~TestServer();

  // Loads the models and becomes ready.
  void Serve();

  // Replaces all that is served by these, as a reload does; `labels` are those of the versions.
  void Publish(const std::vector<std::shared_ptr<FakeServable>>& models,
               const std::map<uint64_t, std::map<std::string, double>>& labels = {});
  ModelRegistry& registry() { return registry_; }

  Server& server() { return *server_; }
  // Until so many requests wait for the model "digits".
  void AwaitQueueDepth(size_t depth) const;
  FakeServable& model(size_t i = 0) { return *models_[i]; }
  ServerMetrics& metrics() { return metrics_; }
  std::string log() const { return log_text_.text(); }

  // A channel of its own, so that tests do not share connections.
  std::shared_ptr<grpc::Channel> NewChannel() const;
  v1::ProvenanceService::Stub& stub() { return *stub_; }

 private:
  std::vector<std::shared_ptr<FakeServable>> models_;
  ServerMetrics metrics_;
  LogText log_text_;
  StructuredLog log_ =
      StructuredLog::ToStream(log_text_.stream(), LogFormat::kJson, LogLevel::kDebug);
  ModelUnloader unloader_;
  const ModelStarter starter_;
  ModelRegistry registry_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<v1::ProvenanceService::Stub> stub_;
};

// A valid request of class `class_id` for the fake's 1 x 4 x 4 input.
v1::ExplainRequest MakeRequest(uint32_t class_id = 3);

// Calls Explain once, with a deadline that only a hanging test meets.
grpc::Status Explain(v1::ProvenanceService::Stub& stub, const v1::ExplainRequest& request,
                     v1::ExplainResponse* response = nullptr);

}  // namespace provnet

#endif  // PROVNET_TESTS_SERVER_SERVICE_TEST_SERVER_H_
