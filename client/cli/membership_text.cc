#include "client/cli/membership_text.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cli/explanation.h"
#include "client/cli/explanation_json.h"

namespace provnet {
namespace {

// Exact copies that are listed one by one.
constexpr int kShownMatches = 8;

absl::string_view StatisticName(v1::MembershipStatistic statistic) {
  switch (statistic) {
    case v1::MEMBERSHIP_STATISTIC_NEGATIVE_ENTROPY:
      return "negative entropy of the index probabilities";
    case v1::MEMBERSHIP_STATISTIC_LOG_MAX_PROBABILITY:
      return "log of the largest index probability";
    case v1::MEMBERSHIP_STATISTIC_MAX_LOGIT:
      return "largest index logit";
    case v1::MEMBERSHIP_STATISTIC_MARGIN:
      return "margin of the largest index logit";
    default:
      return "a statistic that this program does not know";
  }
}

std::string Headline(const MembershipAnswer& answer, const Terminal& terminal) {
  const v1::CheckMembershipResponse& response = *answer.response;
  return absl::StrCat(
      Styled(terminal, Style::kDim, Printable(answer.name)), terminal.utf8 ? " → " : " -> ",
      Styled(terminal, Style::kBold, response.member() ? "member" : "not called a member"),
      absl::StrFormat("  p = %.3g at a false-positive rate of %g", response.p_value(),
                      response.false_positive_rate()),
      Styled(terminal, Style::kDim,
             absl::StrFormat("  %s/%d", Printable(response.model().name()),
                             response.model().version())),
      "\n");
}

std::string Worth(const v1::CheckMembershipResponse& response) {
  const v1::MembershipReference& reference = response.reference();
  const v1::TruePositiveRate& rate = response.true_positive_rate();
  return absl::StrFormat(
      "  score      %.4g (%s), against %d non-members: %s\n"
      "  detection  %d of %d known members at this rate: %s (95 %%: %s to %s)\n",
      response.score(), StatisticName(response.statistic()), reference.count(),
      Printable(reference.name()), rate.detected(), rate.members(), Percent(rate.rate()),
      Percent(rate.lower()), Percent(rate.upper()));
}

std::string NearestSample(const v1::Exemplar& nearest) {
  const std::string source =
      nearest.has_sample() ? absl::StrCat("  ", Printable(nearest.sample().source_id())) : "";
  return absl::StrFormat("  nearest    #%d %s %s%s\n", nearest.sample_index(),
                         Printable(nearest.label_name()), Percent(nearest.score()), source);
}

std::string ExactMatches(const v1::CheckMembershipResponse& response) {
  if (response.exact_match().empty()) return "  same bytes no sample\n";
  std::string text = "  same bytes";
  for (int i = 0; i < response.exact_match_size() && i < kShownMatches; ++i)
    absl::StrAppend(&text, " #", response.exact_match(i));
  if (response.exact_match_size() > kShownMatches)
    absl::StrAppend(&text, " and ", response.exact_match_size() - kShownMatches, " more");
  return text + "\n";
}

}  // namespace

std::string MembershipText(const MembershipAnswer& answer, const Terminal& terminal) {
  const v1::CheckMembershipResponse& response = *answer.response;
  return absl::StrCat(Headline(answer, terminal), Worth(response),
                      response.has_nearest() ? NearestSample(response.nearest()) : "",
                      ExactMatches(response));
}

std::string MembershipJson(const MembershipAnswer& answer) {
  nlohmann::ordered_json json = {{"input", answer.name}};
  if (answer.label.has_value()) json["label"] = *answer.label;
  if (answer.response.ok()) {
    json["response"] = nlohmann::ordered_json::parse(ProtoJson(*answer.response));
    // Zeros that stand for what the caller's role does not show.
    if (answer.response->has_nearest() && !ShowsLabels(answer.response->disclosure())) {
      json["response"]["nearest"].erase("label");
      json["response"]["nearest"].erase("label_name");
    }
  } else {
    const absl::Status& status = answer.response.status();
    json["error"] = {{"code", absl::StatusCodeToString(status.code())},
                     {"message", std::string(status.message())}};
  }
  // Names come from file systems and may be no valid UTF-8.
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace provnet
