#include "server/service/explainer.h"

#include <algorithm>
#include <utility>

#include "server/service/disclosure_record.h"
#include "server/service/explain_codec.h"
#include "server/service/explain_task.h"
#include "server/service/grpc_status.h"
#include "server/service/membership_codec.h"
#include "server/service/model_selection.h"
#include "server/service/redaction.h"
#include "server/service/request_priority.h"
#include "storage/base/status_macros.h"

namespace provnet {

namespace {

// A request that was found valid: what the engine is asked, and how its answer is told.
template <typename Response>
struct Question {
  ExplainQuery query;
  // Whether stored records were asked for too.
  bool contents_wanted = false;
  std::function<void(Explanation, Response&)> tell;
};

absl::StatusOr<Question<v1::ExplainResponse>> Parse(const v1::ExplainRequest& request,
                                                    const Servable& servable,
                                                    const RequestLimits& limits) {
  PROVNET_ASSIGN_OR_RETURN(ExplainPlan plan, ParseExplainRequest(request, servable, limits));
  const auto tell = [&servable, limits, count = plan.class_probability_count](
                        Explanation explanation, v1::ExplainResponse& response) {
    FillExplainResponse(std::move(explanation), count, servable, limits, response);
  };
  return Question<v1::ExplainResponse>{std::move(plan.query), request.include_exemplars(), tell};
}

absl::StatusOr<Question<v1::CheckMembershipResponse>> Parse(
    const v1::CheckMembershipRequest& request, const Servable& servable,
    const RequestLimits& limits) {
  PROVNET_ASSIGN_OR_RETURN(MembershipPlan plan, ParseMembershipRequest(request, servable, limits));
  const auto tell = [&servable, limits, labelled = request.has_label(),
                     rate = plan.false_positive_rate](Explanation answer,
                                                      v1::CheckMembershipResponse& response) {
    FillMembershipResponse(std::move(answer), labelled, rate, servable, limits, response);
  };
  return Question<v1::CheckMembershipResponse>{std::move(plan.query), request.include_nearest(),
                                               tell};
}

void ReportDamage(const Explanation& explanation, RequestProbe& probe) {
  const auto damaged =
      std::count_if(explanation.samples.begin(), explanation.samples.end(),
                    [](const auto& sample) { return absl::IsDataLoss(sample.status()); });
  if (damaged > 0) probe.SamplesDamaged(static_cast<size_t>(damaged));
}

}  // namespace

void NoteModel(const Servable& servable, CallTrace* trace) {
  if (trace != nullptr)
    trace->AnsweredBy(servable.manifest().model(), servable.manifest().version());
}

template <typename Request, typename Response>
absl::StatusOr<Explainer::Job> Explainer::Make(const Request& request, Caller& caller,
                                               const CancelToken& token, absl::Duration deadline,
                                               CallTrace* trace, Response& response,
                                               Done done) const {
  PROVNET_ASSIGN_OR_RETURN(const auto selected, caller.Select(request.model(), [&] {
    return FindModel(models_, request.model());
  }));
  const ServedModelHandle& model = selected.model;
  const Permit& permit = selected.permit;
  NoteModel(*model->handle, trace);
  PROVNET_ASSIGN_OR_RETURN(const Priority priority, ParsePriority(request.priority()));
  PROVNET_ASSIGN_OR_RETURN(Question<Response> question, Parse(request, *model->handle, limits_));
  // What won't be shown isn't read.
  question.query.with_samples &= permit.disclosure >= v1::DISCLOSURE_CONTENT;
  auto respond = [&probe = probe_, &response, done = std::move(done), model, permit,
                  tell = std::move(question.tell), contents_wanted = question.contents_wanted](
                     absl::StatusOr<Explanation> explanation) {
    if (!explanation.ok()) return done(AdviseRetry(explanation.status()));
    ReportDamage(*explanation, probe);
    tell(*std::move(explanation), response);
    Redact(permit.disclosure, contents_wanted, response);
    done(AdviseRetry(RecordDisclosure(permit, response)));
  };
  return Job{model, model->queue.get(),
             std::make_unique<ExplainTask>(std::move(question.query), token, deadline, priority,
                                           std::move(respond), trace),
             permit.budget};
}

absl::StatusOr<Explainer::Job> Explainer::MakeJob(const v1::ExplainRequest& request, Caller& caller,
                                                  const CancelToken& token, absl::Duration deadline,
                                                  CallTrace* trace, v1::ExplainResponse& response,
                                                  Done done) const {
  return Make(request, caller, token, deadline, trace, response, std::move(done));
}

absl::StatusOr<Explainer::Job> Explainer::MakeJob(const v1::CheckMembershipRequest& request,
                                                  Caller& caller, const CancelToken& token,
                                                  absl::Duration deadline, CallTrace* trace,
                                                  v1::CheckMembershipResponse& response,
                                                  Done done) const {
  return Make(request, caller, token, deadline, trace, response, std::move(done));
}

}  // namespace provnet
