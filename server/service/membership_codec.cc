#include "server/service/membership_codec.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/service/exemplar_message.h"
#include "server/service/host_paths.h"
#include "server/service/input_decoder.h"
#include "server/service/model_version.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

constexpr double kDefaultFalsePositiveRate = 0.01;

absl::Status CheckHasReference(const Servable& servable) {
  if (servable.membership_reference() != nullptr) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "model \"", servable.manifest().model(), "\" version ", servable.manifest().version(),
      " has no membership reference to compare with; train it with provnet-train fit "
      "--membership-reference=N, which holds out N training samples, or with a --subset that "
      "leaves at least 1000 of them over"));
}

absl::StatusOr<double> ParseRate(const v1::CheckMembershipRequest& request,
                                 const MembershipReference& reference) {
  const double rate =
      request.has_false_positive_rate() ? request.false_positive_rate() : kDefaultFalsePositiveRate;
  PROVNET_RETURN_IF_ERROR(reference.CheckRate(rate, request.has_label()));
  return rate;
}

absl::StatusOr<std::optional<uint32_t>> ParseLabel(const v1::CheckMembershipRequest& request,
                                                   const Servable& servable) {
  if (!request.has_label()) return std::nullopt;
  if (request.label() < servable.class_count()) return request.label();
  return absl::InvalidArgumentError(absl::StrCat("label is ", request.label(), ", expected 0 .. ",
                                                 servable.class_count() - 1,
                                                 " (the model's classes)"));
}

// Of the bytes as they came, and of the pixels as a data set of raw tensors holds them.
std::vector<Sha256Digest> DigestsOf(const v1::CheckMembershipRequest& request,
                                    const std::vector<float>& input) {
  const std::string& sent =
      request.has_encoded_image() ? request.encoded_image() : request.tensor().data();
  std::vector<Sha256Digest> digests = {Sha256Of(sent)};
  const std::optional<std::string> pixels = ToBytes(input);
  if (pixels.has_value() && *pixels != sent) digests.push_back(Sha256Of(*pixels));
  return digests;
}

void SetReference(const MembershipReference& reference, bool labelled,
                  v1::MembershipReference& message) {
  message.set_name(reference.name());
  message.set_source(WithoutHostPaths(reference.source()));
  message.set_count(reference.count(labelled));
  message.set_finest_rate(reference.finest_rate(labelled));
}

void SetRate(const MembershipVerdict& verdict, v1::TruePositiveRate& message) {
  message.set_rate(verdict.true_positive_rate);
  message.set_lower(verdict.true_positive_interval.lower);
  message.set_upper(verdict.true_positive_interval.upper);
  message.set_members(verdict.members);
  message.set_detected(verdict.detected);
}

}  // namespace

absl::StatusOr<MembershipPlan> ParseMembershipRequest(const v1::CheckMembershipRequest& request,
                                                      const Servable& servable,
                                                      const RequestLimits& limits) {
  PROVNET_RETURN_IF_ERROR(CheckHasReference(servable));
  MembershipPlan plan;
  MembershipQuestion& question = plan.query.membership.emplace();
  PROVNET_ASSIGN_OR_RETURN(plan.false_positive_rate,
                           ParseRate(request, *servable.membership_reference()));
  PROVNET_ASSIGN_OR_RETURN(question.label, ParseLabel(request, servable));
  PROVNET_ASSIGN_OR_RETURN(plan.query.input,
                           DecodeInput(request, servable.manifest().input(), limits.image));
  question.digests = DigestsOf(request, plan.query.input);
  plan.query.with_samples = request.include_nearest();
  return plan;
}

void FillMembershipResponse(Explanation answer, bool labelled, double false_positive_rate,
                            const Servable& servable, const RequestLimits& limits,
                            v1::CheckMembershipResponse& response) {
  const MembershipReference& reference = *servable.membership_reference();
  const float score = StatisticValue(answer.membership->statistics, reference.statistic());
  const MembershipVerdict verdict = reference.Judge(score, labelled, false_positive_rate);

  SetModelVersion(servable, *response.mutable_model());
  response.set_statistic(reference.statistic());
  response.set_score(score);
  response.set_p_value(verdict.p_value);
  response.set_member(verdict.member);
  response.set_false_positive_rate(false_positive_rate);
  SetReference(reference, labelled, *response.mutable_reference());
  SetRate(verdict, *response.mutable_true_positive_rate());
  SetClassProbability(servable, answer.class_probabilities, answer.class_id,
                      *response.mutable_predicted());
  for (const uint64_t index : answer.membership->exact_match) response.add_exact_match(index);
  if (answer.provenance.empty()) return;
  SetExemplar(servable, answer.provenance.front(), 1, *response.mutable_nearest());
  size_t budget_bytes = limits.max_content_bytes;
  if (!answer.samples.empty())
    SetSample(std::move(answer.samples.front()), limits, budget_bytes, *response.mutable_nearest());
}

}  // namespace provnet
