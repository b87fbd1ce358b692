#include "server/service/provenance_service.h"

#include <utility>
#include <vector>

#include "server/service/budget_charge.h"
#include "server/service/disclosure_record.h"
#include "server/service/grpc_status.h"
#include "server/service/model_info.h"
#include "server/service/model_selection.h"
#include "server/service/redaction.h"
#include "server/service/request_timeout.h"
#include "storage/base/status_macros.h"

namespace provnet {

ProvenanceService::ProvenanceService(const RequestLimits& limits,
                                     const CallEnvironment& environment, ExemplarReader& reader)
    : limits_(limits), environment_(environment), reader_(reader) {
  SetMessageAllocatorFor_Explain(&explain_messages_);
  SetMessageAllocatorFor_CheckMembership(&membership_messages_);
}

void ProvenanceService::Serve(const ModelRegistry& models) {
  owned_serving_.reset(
      new Serving{models, Explainer(models, limits_, environment_.telemetry.probe)});
  serving_.store(owned_serving_.get(), std::memory_order_release);
}

absl::StatusOr<const ProvenanceService::Serving*> ProvenanceService::Admit(
    const UnaryCall& call) const {
  PROVNET_RETURN_IF_ERROR(call.admission());
  return serving_.load(std::memory_order_acquire);
}

grpc::ServerUnaryReactor* ProvenanceService::Explain(grpc::CallbackServerContext* context,
                                                     const v1::ExplainRequest* request,
                                                     v1::ExplainResponse* response) {
  const CallHandle call = UnaryCall::Start(Rpc::kExplain, *context, environment_);
  const absl::Status status = StartBatched(call, *request, *response);
  if (!status.ok()) call->FinishWith(status);
  return call.get();
}

grpc::ServerUnaryReactor* ProvenanceService::CheckMembership(
    grpc::CallbackServerContext* context, const v1::CheckMembershipRequest* request,
    v1::CheckMembershipResponse* response) {
  const CallHandle call = UnaryCall::Start(Rpc::kCheckMembership, *context, environment_);
  const absl::Status status = StartBatched(call, *request, *response);
  if (!status.ok()) call->FinishWith(status);
  return call.get();
}

template <typename Request, typename Response>
absl::Status ProvenanceService::StartBatched(const CallHandle& call, const Request& request,
                                             Response& response) const {
  PROVNET_ASSIGN_OR_RETURN(const Serving* serving, Admit(*call));
  PROVNET_ASSIGN_OR_RETURN(const absl::Duration deadline,
                           DeadlineOf(request, call->deadline(), environment_.telemetry.clock));
  auto done = [call](const absl::Status& status) { call->FinishWith(status); };
  PROVNET_ASSIGN_OR_RETURN(Explainer::Job job, serving->explainer.MakeJob(
                                                   request, call->caller(), call->token(), deadline,
                                                   call->trace(), response, std::move(done)));
  if (job.budget.has_value()) {
    // Charging may wait for the disk.
    return AdviseRetry(
        reader_.Submit(call->token(), call->deadline(), ChargeAndEnqueue(std::move(job))));
  }
  return AdviseRetry(job.queue->Enqueue(std::move(job.task)));
}

grpc::ServerBidiReactor<v1::ExplainRequest, v1::ExplainStreamResponse>*
ProvenanceService::ExplainStream(grpc::CallbackServerContext* context) {
  using Stream = provnet::ExplainStream;
  const auto explainer = [this]() -> const Explainer& {
    return serving_.load(std::memory_order_acquire)->explainer;
  };
  const std::shared_ptr<Stream> stream = Stream::Start(
      *context, explainer, environment_, limits_.max_stream_in_flight, [this](Stream* ended) {
        const MutexLock lock(streams_mutex_);
        streams_.erase(ended);
      });
  bool drain = false;
  {
    const MutexLock lock(streams_mutex_);
    streams_[stream.get()] = stream;
    drain = streams_draining_;
  }
  // DrainStreams came between the admission and here.
  if (drain) stream->Drain();
  return stream.get();
}

void ProvenanceService::DrainStreams() {
  std::vector<std::shared_ptr<provnet::ExplainStream>> open;
  {
    const MutexLock lock(streams_mutex_);
    streams_draining_ = true;
    for (const auto& [pointer, weak] : streams_) {
      if (auto stream = weak.lock()) open.push_back(std::move(stream));
    }
  }
  for (const auto& stream : open) stream->Drain();
}

grpc::ServerUnaryReactor* ProvenanceService::GetExemplars(grpc::CallbackServerContext* context,
                                                          const v1::GetExemplarsRequest* request,
                                                          v1::GetExemplarsResponse* response) {
  const CallHandle call = UnaryCall::Start(Rpc::kGetExemplars, *context, environment_);
  const absl::Status status = StartGetExemplars(call, *request, *response);
  if (!status.ok()) call->FinishWith(status);
  return call.get();
}

absl::Status ProvenanceService::StartGetExemplars(const CallHandle& call,
                                                  const v1::GetExemplarsRequest& request,
                                                  v1::GetExemplarsResponse& response) const {
  PROVNET_ASSIGN_OR_RETURN(const Serving* serving, Admit(*call));
  PROVNET_ASSIGN_OR_RETURN(const auto selected, call->caller().Select(request.model(), [&] {
    return FindModel(serving->models, request.model());
  }));
  NoteModel(*selected.model->handle, call->trace());
  PROVNET_RETURN_IF_ERROR(CheckExemplarsDisclosure(selected.permit.disclosure));
  PROVNET_RETURN_IF_ERROR(CheckExemplarsRequest(request, *selected.model->handle, limits_));
  // The request and the response are gRPC's until the call is finished.
  auto work = [this, call, model = selected.model, permit = selected.permit, &request,
               &response](absl::Status status) {
    if (!status.ok()) return call->FinishWith(status);
    auto result = ReadExemplars(request, *model->handle, limits_);
    if (absl::IsDataLoss(result.status())) environment_.telemetry.probe.SamplesDamaged(1);
    if (!result.ok()) return call->FinishWith(result.status());
    Redact(permit.disclosure, *result);
    status = AdviseRetry(RecordDisclosure(permit, *result));
    if (status.ok()) response = *std::move(result);
    call->FinishWith(status);
  };
  return AdviseRetry(reader_.Submit(call->token(), call->deadline(), std::move(work)));
}

grpc::ServerUnaryReactor* ProvenanceService::ListModels(grpc::CallbackServerContext* context,
                                                        const v1::ListModelsRequest*,
                                                        v1::ListModelsResponse* response) {
  const CallHandle call = UnaryCall::Start(Rpc::kListModels, *context, environment_);
  call->FinishWith(FillModels(call, *response));
  return call.get();
}

absl::Status ProvenanceService::FillModels(const CallHandle& call,
                                           v1::ListModelsResponse& response) const {
  PROVNET_ASSIGN_OR_RETURN(const Serving* serving, Admit(*call));
  PROVNET_RETURN_IF_ERROR(call->caller().AuthorizeSome());
  for (const ModelReport& report : serving->models.Reports()) {
    if (call->caller().MaySee(report.location.model))
      *response.add_models() = MakeModelInfo(report);
  }
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* ProvenanceService::GetModel(grpc::CallbackServerContext* context,
                                                      const v1::GetModelRequest* request,
                                                      v1::GetModelResponse* response) {
  const CallHandle call = UnaryCall::Start(Rpc::kGetModel, *context, environment_);
  call->FinishWith(FillModel(call, *request, *response));
  return call.get();
}

absl::Status ProvenanceService::FillModel(const CallHandle& call,
                                          const v1::GetModelRequest& request,
                                          v1::GetModelResponse& response) const {
  PROVNET_ASSIGN_OR_RETURN(const Serving* serving, Admit(*call));
  const v1::ModelSelector& selector = request.model();
  const auto selected =
      call->caller().Select(selector, [&] { return FindModel(serving->models, selector); });
  if (selected.ok()) {
    DescribeModel(serving->models, *selected->model, response);
    Redact(selected->permit.disclosure, response);
    return absl::OkStatus();
  }
  // A version that is known without being loaded is described too, to those who may see its model.
  if (!absl::IsNotFound(selected.status()) || !selector.has_version()) return selected.status();
  const auto reports = serving->models.ReportsOf(selector.name());
  if (!reports.ok() || reports->empty()) return selected.status();
  // The only model's where none was named.
  const std::string& name = reports->front().location.model;
  const bool described = call->caller().MaySee(name) &&
                         DescribeVersion(serving->models, name, selector.version(), response);
  return described ? absl::OkStatus() : selected.status();
}

}  // namespace provnet
