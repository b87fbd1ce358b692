// Requests as they come off the wire: the bytes of an ExplainRequest and of a
// CheckMembershipRequest.
#include <cmath>
#include <limits>

#include "server/service/explain_codec.h"
#include "server/service/membership_codec.h"
#include "server/service/request_priority.h"
#include "server/service/request_timeout.h"
#include "storage/base/clock.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/testing/fake_servable.h"

namespace provnet {
namespace {

constexpr size_t kInputs = 3 * 4 * 4;

v1::MembershipCalibration Calibration() {
  v1::MembershipCalibration calibration;
  calibration.set_statistic(v1::MEMBERSHIP_STATISTIC_NEGATIVE_ENTROPY);
  for (int score = 0; score < 1000; ++score) {
    calibration.mutable_with_label()->add_non_member(static_cast<float>(score));
    calibration.mutable_without_label()->add_non_member(static_cast<float>(score));
  }
  return calibration;
}

const FakeServable& Model() {
  static const auto* model = new FakeServable({.channels = 3, .calibration = Calibration()});
  return *model;
}

RequestLimits Limits() {
  RequestLimits limits;
  limits.max_top_k = 50;
  limits.image = {.max_bytes = 1 << 20, .max_pixels = 16 << 20};
  return limits;
}

void CheckInput(const std::vector<float>& input) {
  Promise(input.size() == kInputs);
  for (const float value : input) Promise(std::isfinite(value));
}

void Explain(std::string_view bytes) {
  v1::ExplainRequest request;
  if (!request.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
  (void)ParsePriority(request.priority());
  const auto deadline = DeadlineOf(request, absl::InfiniteDuration(), Clock::Steady());
  Promise(!deadline.ok() || *deadline > absl::ZeroDuration());
  const auto plan = ParseExplainRequest(request, Model(), Limits());
  if (!plan.ok()) return;
  CheckInput(plan->query.input);
  Promise(plan->query.top_k >= 1 && plan->query.top_k <= Limits().max_top_k);
  Promise(plan->class_probability_count <= 10);
}

void CheckMembership(std::string_view bytes) {
  v1::CheckMembershipRequest request;
  if (!request.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
  const auto plan = ParseMembershipRequest(request, Model(), Limits());
  if (!plan.ok()) return;
  CheckInput(plan->query.input);
  Promise(plan->false_positive_rate > 0 && plan->false_positive_rate < 1);
}

}  // namespace
}  // namespace provnet

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > std::numeric_limits<int>::max()) return 0;
  provnet::Explain(provnet::AsText(data, size));
  provnet::CheckMembership(provnet::AsText(data, size));
  return 0;
}
