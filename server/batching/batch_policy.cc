#include "server/batching/batch_policy.h"

#include <algorithm>
#include <cmath>

namespace provnet {
namespace {

// Of the time that a full batch takes.
constexpr int64_t kLongestGatheringPart = 10;
// Of the time of a batch that is one of several shares, what its fixed cost may take.
constexpr double kFixedPart = 1.0 / 4;

}  // namespace

absl::string_view DispatchReasonName(DispatchReason reason) {
  switch (reason) {
    case DispatchReason::kExecutorFree:
      return "executor_free";
    case DispatchReason::kFull:
      return "full";
    case DispatchReason::kDeadline:
      return "deadline";
    case DispatchReason::kDraining:
      return "draining";
  }
  return "unknown";
}

absl::Duration GatherUntil(const ArrivalGap& arrivals, absl::Duration oldest_arrival,
                           const BatchCost& cost, const BatchLimits& limits, int executors) {
  const absl::Duration one_by_one = cost.Predict(1) / executors;
  if (!limits.gather || arrivals.mean() >= one_by_one) return -absl::InfiniteDuration();
  const absl::Duration longest = cost.Predict(limits.max_batch_size) / kLongestGatheringPart;
  return std::min(oldest_arrival + longest, arrivals.last() + one_by_one);
}

BatchDecision DecideBatch(const QueueSnapshot& queue, const BatchLimits& limits,
                          absl::Duration now) {
  if (queue.waiting == 0) return {};
  if (queue.waiting >= limits.max_batch_size) return {.dispatch = DispatchReason::kFull};
  if (queue.draining) return {.dispatch = DispatchReason::kDraining};

  const absl::Duration linger_end =
      std::max(queue.oldest_arrival + limits.linger, queue.gather_until);
  if (now >= linger_end) return {.dispatch = DispatchReason::kExecutorFree};
  const absl::Duration latest_start = queue.earliest_deadline - queue.longest_run_time;
  if (now >= latest_start) return {.dispatch = DispatchReason::kDeadline};
  return {.dispatch = std::nullopt, .wait_until = std::min(linger_end, latest_start)};
}

size_t ShareOf(size_t waiting, size_t idle, const BatchCost& cost, const BatchLimits& limits) {
  const size_t most = limits.max_batch_size;
  if (limits.linger > absl::ZeroDuration() || (cost.known() && !cost.sizes_differ())) return most;
  const absl::Duration fixed = cost.Predict(0);
  const absl::Duration each = cost.Predict(1) - fixed;
  double shares = static_cast<double>(idle + 1);
  if (fixed > absl::ZeroDuration()) {
    // fixed / (fixed + each n) <= kFixedPart.
    const double least = std::ceil(absl::FDivDuration(fixed, each) * (1 / kFixedPart - 1));
    shares = std::clamp(std::floor(static_cast<double>(waiting) / least), 1.0, shares);
  }
  const double share = std::ceil(static_cast<double>(waiting) / shares);
  return std::clamp<size_t>(static_cast<size_t>(share), 1, most);
}

BatchMembers::Verdict BatchMembers::Offer(absl::Duration deadline) {
  if (size_ == most_) return Verdict::kEndsTheBatch;
  if (EndOf(1) > deadline) return Verdict::kIsLate;
  const absl::Duration earliest = std::min(earliest_deadline_, deadline);
  if (size_ > 0 && EndOf(size_ + 1) > earliest) return Verdict::kEndsTheBatch;
  ++size_;
  earliest_deadline_ = earliest;
  return Verdict::kJoins;
}

}  // namespace provnet
