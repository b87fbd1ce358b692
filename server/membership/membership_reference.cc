#include "server/membership/membership_reference.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace provnet {
namespace {

using Scores = google::protobuf::RepeatedField<float>;

double PValue(const Scores& reference, float score) {
  const auto at_least =
      reference.end() - std::lower_bound(reference.begin(), reference.end(), score);
  return static_cast<double>(1 + at_least) / static_cast<double>(reference.size() + 1);
}

}  // namespace

uint64_t MembershipReference::count(bool labelled) const {
  return static_cast<uint64_t>(scores(labelled).non_member_size());
}

double MembershipReference::finest_rate(bool labelled) const {
  return 1.0 / static_cast<double>(count(labelled) + 1);
}

absl::Status MembershipReference::CheckRate(double rate, bool labelled) const {
  // Negated, so that NaN fails.
  if (!(rate > 0 && rate < 1)) {
    return absl::InvalidArgumentError(
        absl::StrCat("false_positive_rate is ", rate, ", expected above 0 and below 1"));
  }
  const double finest = finest_rate(labelled);
  if (rate >= finest) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("false_positive_rate is ", rate, ", finer than the ", count(labelled),
                   " non-members of the reference set can resolve; expected at least ", finest));
}

MembershipVerdict MembershipReference::Judge(float score, bool labelled, double rate) const {
  const v1::MembershipScores& known = scores(labelled);
  MembershipVerdict verdict;
  verdict.p_value = PValue(known.non_member(), score);
  verdict.member = verdict.p_value <= rate;
  // A higher score never has a larger p-value: the members that are called so are the last ones.
  const auto first_detected =
      std::partition_point(known.member().begin(), known.member().end(),
                           [&](float member) { return PValue(known.non_member(), member) > rate; });
  verdict.members = static_cast<uint64_t>(known.member_size());
  verdict.detected = static_cast<uint64_t>(known.member().end() - first_detected);
  verdict.true_positive_rate =
      static_cast<double>(verdict.detected) / static_cast<double>(verdict.members);
  verdict.true_positive_interval =
      ClopperPearson(verdict.detected, verdict.members, kRateConfidence);
  return verdict;
}

}  // namespace provnet
