#ifndef PROVNET_SERVER_SERVICE_EXPLAINER_H_
#define PROVNET_SERVER_SERVICE_EXPLAINER_H_

#include <functional>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "provnet/v1/provenance_service.pb.h"
#include "server/batching/batch_task.h"
#include "server/lifecycle/model_registry.h"
#include "server/service/caller.h"
#include "server/service/request_limits.h"
#include "server/service/rpc.h"
#include "server/tracing/call_trace.h"

namespace provnet {

// Records in `trace`, unless it is null, which model version answers.
void NoteModel(const Servable& servable, CallTrace* trace);

// The part that Explain, ExplainStream and CheckMembership share: from a request on the wire to a
// task for the right queue, and from the task's outcome to a response on the wire. Thread-safe.
class Explainer {
 public:
  // Called exactly once, on one of the queue's threads or by whoever rejects the task. Errors carry
  // RetryInfo where trying again makes sense.
  using Done = std::function<void(const absl::Status&)>;

  // A task and the queue that it belongs to, which lives as long as `model`.
  struct Job {
    ServedModelHandle model = nullptr;
    BatchQueue* queue = nullptr;
    std::unique_ptr<BatchTask> task;
    // To be charged before the task is queued.
    std::optional<Permit::Budget> budget = std::nullopt;
  };

  // `models` and `probe` outlive the explainer and its jobs.
  Explainer(const ModelRegistry& models, const RequestLimits& limits, RequestProbe& probe)
      : models_(models), limits_(limits), probe_(probe) {}

  // Chooses the model version, as far as `caller` may, which validation, answer and all else of the
  // call then go by. Validates, decodes and resizes on this thread. On an error `done` is not
  // called. `token`, `trace`, null where the call is not traced, and `response` live until `done`
  // has been called. The answer is in `response`, which was empty, by the time of done(OK); after
  // an error there may be something in it that must not be sent.
  absl::StatusOr<Job> MakeJob(const v1::ExplainRequest& request, Caller& caller,
                              const CancelToken& token, absl::Duration deadline, CallTrace* trace,
                              v1::ExplainResponse& response, Done done) const;
  // The same for a question about membership; such tasks share batches with the others.
  absl::StatusOr<Job> MakeJob(const v1::CheckMembershipRequest& request, Caller& caller,
                              const CancelToken& token, absl::Duration deadline, CallTrace* trace,
                              v1::CheckMembershipResponse& response, Done done) const;

 private:
  // The one way from a request to its job, for either kind: permission, validation, redaction.
  template <typename Request, typename Response>
  absl::StatusOr<Job> Make(const Request& request, Caller& caller, const CancelToken& token,
                           absl::Duration deadline, CallTrace* trace, Response& response,
                           Done done) const;

  const ModelRegistry& models_;
  const RequestLimits limits_;
  RequestProbe& probe_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_EXPLAINER_H_
