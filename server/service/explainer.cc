#include "server/service/explainer.h"

#include <utility>

#include "server/service/explain_codec.h"
#include "server/service/explain_task.h"
#include "server/service/grpc_status.h"
#include "server/service/membership_codec.h"
#include "server/service/model_selection.h"
#include "server/service/request_priority.h"
#include "storage/base/status_macros.h"

namespace provnet {

absl::StatusOr<Explainer::Job> Explainer::MakeJob(const v1::ExplainRequest& request,
                                                  const CancelToken& token, absl::Duration deadline,
                                                  Done done) const {
  PROVNET_ASSIGN_OR_RETURN(ServedModelHandle model, FindModel(models_, request.model()));
  const Servable& servable = *model->handle;
  PROVNET_ASSIGN_OR_RETURN(const Priority priority, ParsePriority(request.priority()));
  PROVNET_ASSIGN_OR_RETURN(ExplainPlan plan, ParseExplainRequest(request, servable, limits_));
  auto respond = [done = std::move(done), model, &servable, limits = limits_,
                  count = plan.class_probability_count](absl::StatusOr<Explanation> explanation) {
    if (!explanation.ok()) return done(AdviseRetry(explanation.status()));
    done(BuildExplainResponse(*std::move(explanation), count, servable, limits));
  };
  BatchQueue* queue = model->queue.get();
  return Job{std::move(model), queue,
             std::make_unique<ExplainTask>(std::move(plan.query), token, deadline, priority,
                                           std::move(respond))};
}

absl::StatusOr<Explainer::Job> Explainer::MakeJob(const v1::CheckMembershipRequest& request,
                                                  const CancelToken& token, absl::Duration deadline,
                                                  MembershipDone done) const {
  PROVNET_ASSIGN_OR_RETURN(ServedModelHandle model, FindModel(models_, request.model()));
  const Servable& servable = *model->handle;
  PROVNET_ASSIGN_OR_RETURN(const Priority priority, ParsePriority(request.priority()));
  PROVNET_ASSIGN_OR_RETURN(MembershipPlan plan, ParseMembershipRequest(request, servable, limits_));
  auto respond = [done = std::move(done), model, &servable, limits = limits_,
                  labelled = request.has_label(),
                  rate = plan.false_positive_rate](absl::StatusOr<Explanation> answer) {
    if (!answer.ok()) return done(AdviseRetry(answer.status()));
    done(BuildMembershipResponse(*std::move(answer), labelled, rate, servable, limits));
  };
  BatchQueue* queue = model->queue.get();
  return Job{std::move(model), queue,
             std::make_unique<ExplainTask>(std::move(plan.query), token, deadline, priority,
                                           std::move(respond))};
}

}  // namespace provnet
