#include "server/service/explainer.h"

#include <utility>

#include "server/service/explain_codec.h"
#include "server/service/explain_task.h"
#include "server/service/grpc_status.h"
#include "server/service/membership_codec.h"
#include "server/service/model_selection.h"
#include "server/service/redaction.h"
#include "server/service/request_priority.h"
#include "storage/base/status_macros.h"

namespace provnet {

absl::StatusOr<Explainer::Job> Explainer::MakeJob(const v1::ExplainRequest& request, Caller& caller,
                                                  const CancelToken& token, absl::Duration deadline,
                                                  Done done) const {
  PROVNET_ASSIGN_OR_RETURN(const auto selected, caller.Select(request.model(), [&] {
    return FindModel(models_, request.model());
  }));
  const ServedModelHandle& model = selected.model;
  const v1::Disclosure disclosure = selected.permit.disclosure;
  const Servable& servable = *model->handle;
  PROVNET_ASSIGN_OR_RETURN(const Priority priority, ParsePriority(request.priority()));
  PROVNET_ASSIGN_OR_RETURN(ExplainPlan plan, ParseExplainRequest(request, servable, limits_));
  // What won't be shown isn't read.
  plan.query.with_samples &= disclosure >= v1::DISCLOSURE_CONTENT;
  auto respond = [done = std::move(done), model, &servable, limits = limits_, disclosure,
                  contents_wanted = request.include_exemplars(),
                  count = plan.class_probability_count](absl::StatusOr<Explanation> explanation) {
    if (!explanation.ok()) return done(AdviseRetry(explanation.status()));
    auto response = BuildExplainResponse(*std::move(explanation), count, servable, limits);
    Redact(disclosure, contents_wanted, response);
    done(std::move(response));
  };
  return Job{model, model->queue.get(),
             std::make_unique<ExplainTask>(std::move(plan.query), token, deadline, priority,
                                           std::move(respond))};
}

absl::StatusOr<Explainer::Job> Explainer::MakeJob(const v1::CheckMembershipRequest& request,
                                                  Caller& caller, const CancelToken& token,
                                                  absl::Duration deadline,
                                                  MembershipDone done) const {
  PROVNET_ASSIGN_OR_RETURN(const auto selected, caller.Select(request.model(), [&] {
    return FindModel(models_, request.model());
  }));
  const ServedModelHandle& model = selected.model;
  const v1::Disclosure disclosure = selected.permit.disclosure;
  const Servable& servable = *model->handle;
  PROVNET_ASSIGN_OR_RETURN(const Priority priority, ParsePriority(request.priority()));
  PROVNET_ASSIGN_OR_RETURN(MembershipPlan plan, ParseMembershipRequest(request, servable, limits_));
  plan.query.with_samples &= disclosure >= v1::DISCLOSURE_CONTENT;
  auto respond = [done = std::move(done), model, &servable, limits = limits_, disclosure,
                  contents_wanted = request.include_nearest(), labelled = request.has_label(),
                  rate = plan.false_positive_rate](absl::StatusOr<Explanation> answer) {
    if (!answer.ok()) return done(AdviseRetry(answer.status()));
    auto response = BuildMembershipResponse(*std::move(answer), labelled, rate, servable, limits);
    Redact(disclosure, contents_wanted, response);
    done(std::move(response));
  };
  return Job{model, model->queue.get(),
             std::make_unique<ExplainTask>(std::move(plan.query), token, deadline, priority,
                                           std::move(respond))};
}

}  // namespace provnet
