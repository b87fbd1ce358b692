#ifndef PROVNET_SERVER_SERVICE_PROVENANCE_SERVICE_H_
#define PROVNET_SERVER_SERVICE_PROVENANCE_SERVICE_H_

#include <atomic>
#include <memory>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "provnet/v1/provenance_service.grpc.pb.h"
#include "server/lifecycle/model_registry.h"
#include "server/service/arena_messages.h"
#include "server/service/call_environment.h"
#include "server/service/exemplar_reader.h"
#include "server/service/explain_stream.h"
#include "server/service/explainer.h"
#include "server/service/request_limits.h"
#include "server/service/unary_call.h"
#include "storage/base/mutex.h"

namespace provnet {

// provnet.v1.ProvenanceService on gRPC's callback API. Thread-safe; no method blocks gRPC's
// threads.
//
// Until Serve every call fails with UNAVAILABLE, as it does once environment.readiness says so.
class ProvenanceService final : public v1::ProvenanceService::CallbackService {
 public:
  // What `environment` and `reader` refer to outlives the service.
  ProvenanceService(const RequestLimits& limits, const CallEnvironment& environment,
                    ExemplarReader& reader);

  // Gives the service its models, once, before readiness becomes kServing. `models` outlives the
  // service's calls.
  void Serve(const ModelRegistry& models);

  // Lets the open streams come to their end; see ExplainStream::Drain. Call after readiness became
  // kDraining.
  void DrainStreams();

  grpc::ServerUnaryReactor* Explain(grpc::CallbackServerContext* context,
                                    const v1::ExplainRequest* request,
                                    v1::ExplainResponse* response) override;
  grpc::ServerBidiReactor<v1::ExplainRequest, v1::ExplainStreamResponse>* ExplainStream(
      grpc::CallbackServerContext* context) override;
  grpc::ServerUnaryReactor* GetExemplars(grpc::CallbackServerContext* context,
                                         const v1::GetExemplarsRequest* request,
                                         v1::GetExemplarsResponse* response) override;
  grpc::ServerUnaryReactor* CheckMembership(grpc::CallbackServerContext* context,
                                            const v1::CheckMembershipRequest* request,
                                            v1::CheckMembershipResponse* response) override;
  grpc::ServerUnaryReactor* ListModels(grpc::CallbackServerContext* context,
                                       const v1::ListModelsRequest* request,
                                       v1::ListModelsResponse* response) override;
  grpc::ServerUnaryReactor* GetModel(grpc::CallbackServerContext* context,
                                     const v1::GetModelRequest* request,
                                     v1::GetModelResponse* response) override;

 private:
  using CallHandle = std::shared_ptr<UnaryCall>;

  // What is there once Serve was called.
  struct Serving {
    const ModelRegistry& models;
    const Explainer explainer;
  };

  // What an admitted call works with; UNAVAILABLE for others.
  absl::StatusOr<const Serving*> Admit(const UnaryCall& call) const;

  // Either hand the call on and return OK, or return why it fails. The first serves Explain and
  // CheckMembership.
  template <typename Request, typename Response>
  absl::Status StartBatched(const CallHandle& call, const Request& request,
                            Response& response) const;
  absl::Status StartGetExemplars(const CallHandle& call, const v1::GetExemplarsRequest& request,
                                 v1::GetExemplarsResponse& response) const;

  absl::Status FillModels(const CallHandle& call, v1::ListModelsResponse& response) const;
  absl::Status FillModel(const CallHandle& call, const v1::GetModelRequest& request,
                         v1::GetModelResponse& response) const;

  ArenaMessages<v1::ExplainRequest, v1::ExplainResponse> explain_messages_;
  ArenaMessages<v1::CheckMembershipRequest, v1::CheckMembershipResponse> membership_messages_;
  const RequestLimits limits_;
  const CallEnvironment environment_;
  ExemplarReader& reader_;

  std::unique_ptr<const Serving> owned_serving_;
  // owned_serving_, published.
  std::atomic<const Serving*> serving_{nullptr};

  Mutex streams_mutex_;
  bool streams_draining_ ABSL_GUARDED_BY(streams_mutex_) = false;
  absl::flat_hash_map<provnet::ExplainStream*, std::weak_ptr<provnet::ExplainStream>> streams_
      ABSL_GUARDED_BY(streams_mutex_);
};

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_PROVENANCE_SERVICE_H_
