#include "trainer/faithfulness/verdict.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace provnet {
namespace {

std::string Text(const Interval& interval) {
  return absl::StrFormat("%.3f (%.3f to %.3f)", interval.value, interval.low, interval.high);
}

// "a by 0.1 (..) and b by 0.2 (..)".
std::string Listed(const std::vector<Lead>& leads) {
  return absl::StrJoin(leads, " and ", [](std::string* out, const Lead& lead) {
    absl::StrAppend(out, lead.over, " by ", Text(lead.difference));
  });
}

std::string Conclusion(const MethodScore& method, bool leads_everywhere) {
  const bool is_head = method.role == MethodRole::kHead;
  if (leads_everywhere) {
    return absl::StrCat(
        "so ", method.method,
        is_head ? ", a head already, is the one to keep" : " is the one to turn into a head");
  }
  return is_head ? "so these figures alone don't speak for that head"
                 : "so these figures alone give no reason to turn it into a head";
}

std::string Comparison(const MethodScore& method, const std::vector<Lead>& leads) {
  std::vector<Lead> ahead, open, behind;
  for (const Lead& lead : leads) {
    (lead.difference.low > 0 ? ahead : lead.difference.high < 0 ? behind : open).push_back(lead);
  }
  std::vector<std::string> parts;
  if (!ahead.empty()) parts.push_back(absl::StrCat("leads over ", Listed(ahead)));
  if (!open.empty()) parts.push_back(absl::StrCat("is not separated from ", Listed(open)));
  if (!behind.empty()) parts.push_back(absl::StrCat("stays behind ", Listed(behind)));
  return absl::StrCat("It ", absl::StrJoin(parts, ", and it "), ": ",
                      Conclusion(method, open.empty() && behind.empty()), ".");
}

}  // namespace

std::string Verdict(const StudyResult& result) {
  const MethodScore& best = result.methods[result.best];
  const auto candidates = std::count_if(result.methods.begin(), result.methods.end(), IsOnePass);
  return absl::StrFormat(
      "Of %d methods that answer in one forward pass and one search, %s foretells retraining best: "
      "a linear datamodeling score of %s, where %.3f is as high as the fits' own noise allows. %s",
      candidates, best.method, Text(best.score), result.ceiling.best_score,
      Comparison(best, result.leads));
}

}  // namespace provnet
