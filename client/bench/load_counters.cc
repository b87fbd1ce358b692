#include "client/bench/load_counters.h"

#include <algorithm>

namespace provnet {

void LoadCounters::CallEnded(const CallTimes& times, absl::StatusCode code, size_t response_bytes) {
  const bool ok = code == absl::StatusCode::kOk;
  if (window_.Contains(times.due)) {
    const absl::Duration took = times.ended - times.due;
    offered_.fetch_add(1, std::memory_order_relaxed);
    send_lag_.Record(times.sent - times.due);
    if (ok) latency_.Record(took);
    if (ok && took <= deadline_) in_time_.fetch_add(1, std::memory_order_relaxed);
    if (code == absl::StatusCode::kResourceExhausted)
      refusal_latency_.Record(times.ended - times.sent);
  }
  if (!window_.Contains(times.ended)) return;
  if (ok) {
    succeeded_.fetch_add(1, std::memory_order_relaxed);
    response_bytes_.fetch_add(response_bytes, std::memory_order_relaxed);
  } else {
    // A code from outside the standard set counts as UNKNOWN.
    const size_t index = static_cast<size_t>(code) < kCodes
                             ? static_cast<size_t>(code)
                             : static_cast<size_t>(absl::StatusCode::kUnknown);
    failed_[index].fetch_add(1, std::memory_order_relaxed);
  }
}

void LoadCounters::CallHeldBack(absl::Duration due) {
  if (!window_.Contains(due)) return;
  offered_.fetch_add(1, std::memory_order_relaxed);
  held_back_.fetch_add(1, std::memory_order_relaxed);
}

std::map<absl::StatusCode, uint64_t> LoadCounters::Failures() const {
  std::map<absl::StatusCode, uint64_t> failures;
  for (size_t code = 0; code < kCodes; ++code) {
    if (uint64_t count = failed_[code].load(); count > 0)
      failures[static_cast<absl::StatusCode>(code)] = count;
  }
  return failures;
}

}  // namespace provnet
