// SIGTERM under load: every request that the server accepted is answered and received, and the
// server ends with 0.
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <sstream>
#include <thread>

#include "client/client.h"
#include "tests/integration/server_process.h"
#include "tests/testing/temp_dir.h"

namespace provnet {
namespace {

constexpr int kRounds = 20;
constexpr int kCallers = 16;
// Answers before the signal, so that it arrives under load.
constexpr int kAnswersBefore = 100;

v1::ExplainRequest AnyRequest() {
  v1::ExplainRequest request;
  request.mutable_model()->set_name("digits");
  request.set_include_exemplars(true);
  v1::Tensor& tensor = *request.mutable_tensor();
  tensor.mutable_spec()->set_data_type(v1::DATA_TYPE_UINT8);
  for (uint32_t extent : {1U, 28U, 28U}) tensor.mutable_spec()->add_shape(extent);
  tensor.set_data(std::string(784, '\x20'));
  return request;
}

// Callers that ask without pause until the server refuses.
class Load {
 public:
  explicit Load(const ServerProcess& server) {
    for (int c = 0; c < kCallers; ++c) {
      callers_.emplace_back([this, client = server.OneShotClient()] { Ask(client); });
    }
  }
  void AwaitTraffic() { under_way_.wait(false); }
  // Joins; returns the number of answers.
  int Finish() {
    callers_.clear();
    return answered_;
  }
  // How the callers ended.
  std::vector<absl::Status> refusals() const {
    return {std::begin(refusals_), std::end(refusals_)};
  }

 private:
  void Ask(const Client& client) {
    const v1::ExplainRequest request = AnyRequest();
    for (;;) {
      const auto answer = client.Explain(request);
      if (!answer.ok()) {
        refusals_[refused_++] = answer.status();
        // A caller that ends early must not leave the test waiting.
        SayUnderWay();
        return;
      }
      if (++answered_ == kAnswersBefore) SayUnderWay();
    }
  }
  void SayUnderWay() {
    under_way_ = true;
    under_way_.notify_all();
  }

  std::atomic<int> answered_ = 0;
  std::atomic<int> refused_ = 0;
  absl::Status refusals_[kCallers];
  std::atomic<bool> under_way_ = false;
  std::vector<std::jthread> callers_;
};

// Explain calls that the server says it answered with OK (one debug line each).
int AnsweredAccordingToServer(const std::string& log) {
  int answered = 0;
  std::istringstream lines(log);
  for (std::string line; std::getline(lines, line);) {
    const auto has = [&](const char* part) { return line.find(part) != std::string::npos; };
    if (has("\"event\":\"request\"") && has("\"rpc\":\"Explain\"") && has("\"code\":\"OK\""))
      ++answered;
  }
  return answered;
}

TEST(DrainTest, SigtermUnderLoadLosesNothing) {
  for (int round = 0; round < kRounds; ++round) {
    SCOPED_TRACE(round);
    const TempDir scratch;
    ServerProcess server(TrainedRepository(), {"--log-level=debug"}, scratch.path());
    ASSERT_TRUE(server.ready()) << server.process().Log();
    Load load(server);
    load.AwaitTraffic();
    server.process().Signal(SIGTERM);
    const int received = load.Finish();
    EXPECT_EQ(server.process().Wait(), 0) << server.process().Log();
    EXPECT_EQ(received, AnsweredAccordingToServer(server.process().Log()))
        << "an accepted request was lost on its way";
    for (const absl::Status& refusal : load.refusals()) {
      EXPECT_EQ(refusal.code(), absl::StatusCode::kUnavailable)
          << "clients repeat only UNAVAILABLE: " << refusal;
    }
  }
}

TEST(DrainTest, AnIdleServerEndsAtOnceOnSigint) {
  const TempDir scratch;
  ServerProcess server(TrainedRepository(), {}, scratch.path());
  ASSERT_TRUE(server.ready()) << server.process().Log();
  server.process().Signal(SIGINT);
  EXPECT_EQ(server.process().Wait(), 0);
}

}  // namespace
}  // namespace provnet
