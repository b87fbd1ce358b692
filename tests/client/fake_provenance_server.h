#ifndef PROVNET_TESTS_CLIENT_FAKE_PROVENANCE_SERVER_H_
#define PROVNET_TESTS_CLIENT_FAKE_PROVENANCE_SERVER_H_

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "provnet/v1/provenance_service.grpc.pb.h"
#include "storage/base/mutex.h"

namespace provnet {

// The status that a server at its limit sends: RESOURCE_EXHAUSTED, with RetryInfo.
grpc::Status BusyStatus(absl::Duration retry_delay);

// A ProvenanceService without a model behind it, on a real gRPC server at a free loopback port. By
// default it predicts the class of the first pixel's lowest bit and names as many 2x2 exemplars as
// asked for. A record whose first byte is odd is a member, with a p-value that is the label, or
// 1000 without one. Thread-safe.
class FakeProvenanceServer final : public v1::ProvenanceService::Service {
 public:
  // `max_receive_bytes` is the largest message that it takes; null `credentials` are plaintext.
  explicit FakeProvenanceServer(int max_receive_bytes = 4 << 20,
                                std::shared_ptr<grpc::ServerCredentials> credentials = nullptr);
  ~FakeProvenanceServer() override;

  std::string target() const;

  // The next calls (or streams, at their start) fail with these, in this order.
  void FailNext(std::deque<grpc::Status> failures);
  // How the stream's request of that tensor data is refused the next time, once.
  void RefuseInStream(const std::string& data, v1::RequestError error);
  // A stream breaks off with UNAVAILABLE after that many answers, once.
  void BreakStreamAfter(int answers);

  // Explain shows no more of the samples than that.
  void Disclose(v1::Disclosure disclosure);
  // GetModel and ListModels report a version 4 that was refused for that reason as well; GetModel
  // describes it when asked for it.
  void RefuseVersion4(const std::string& error);

  // Calls that arrived, failed ones included, and streams.
  int calls() const;
  // The authorization header of each Explain and ExplainStream; "" where there was none.
  std::vector<std::string> authorizations() const;
  // The same for the traceparent.
  std::vector<std::string> traceparents() const;

  grpc::Status Explain(grpc::ServerContext*, const v1::ExplainRequest*,
                       v1::ExplainResponse*) override;
  grpc::Status ExplainStream(
      grpc::ServerContext*,
      grpc::ServerReaderWriter<v1::ExplainStreamResponse, v1::ExplainRequest>*) override;
  grpc::Status GetExemplars(grpc::ServerContext*, const v1::GetExemplarsRequest*,
                            v1::GetExemplarsResponse*) override;
  grpc::Status CheckMembership(grpc::ServerContext*, const v1::CheckMembershipRequest*,
                               v1::CheckMembershipResponse*) override;
  grpc::Status ListModels(grpc::ServerContext*, const v1::ListModelsRequest*,
                          v1::ListModelsResponse*) override;
  grpc::Status GetModel(grpc::ServerContext*, const v1::GetModelRequest*,
                        v1::GetModelResponse*) override;

 private:
  grpc::Status Begin();
  void NoteMetadata(const grpc::ServerContext& context);
  v1::RequestError TakeRefusal(const std::string& data);
  bool ShouldBreak(int answered);
  // Takes what the role does not show out of the answers, as the server does.
  void Redact(v1::ExplainResponse& response) const;
  void Redact(v1::GetExemplarsResponse& response) const;
  std::string RefusedVersion() const;

  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
  mutable Mutex mutex_;
  std::deque<grpc::Status> failures_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, v1::RequestError> refusals_ ABSL_GUARDED_BY(mutex_);
  int break_after_ ABSL_GUARDED_BY(mutex_) = -1;
  v1::Disclosure disclosure_ ABSL_GUARDED_BY(mutex_) = v1::DISCLOSURE_UNSPECIFIED;
  std::string refused_version_ ABSL_GUARDED_BY(mutex_);
  int calls_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<std::string> authorizations_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> traceparents_ ABSL_GUARDED_BY(mutex_);
};

// The sample that the fake server has at `index`: 2x2 grey pixels index, index+1, index+2, index+3.
v1::SampleRecord FakeSample(uint64_t index);

}  // namespace provnet

#endif  // PROVNET_TESTS_CLIENT_FAKE_PROVENANCE_SERVER_H_
