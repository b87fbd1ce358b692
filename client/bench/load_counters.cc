#include "client/bench/load_counters.h"

#include <algorithm>

namespace provnet {

void LoadCounters::CallEnded(absl::Duration due, absl::Duration now, absl::StatusCode code,
                             size_t response_bytes) {
  const bool ok = code == absl::StatusCode::kOk;
  if (ok && window_.Contains(due)) latency_.Record(now - due);
  if (!window_.Contains(now)) return;
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

std::map<absl::StatusCode, uint64_t> LoadCounters::Failures() const {
  std::map<absl::StatusCode, uint64_t> failures;
  for (size_t code = 0; code < kCodes; ++code) {
    if (uint64_t count = failed_[code].load(); count > 0)
      failures[static_cast<absl::StatusCode>(code)] = count;
  }
  return failures;
}

}  // namespace provnet
