#include "client/throttles.h"

#include "absl/status/status.h"

namespace provnet {

std::optional<RpcFailure> Throttles::HoldBack(absl::string_view key, absl::Duration now,
                                              double chance) {
  const MutexLock lock(mutex_);
  const auto entry = entries_.find(key);
  if (entry == entries_.end() || !entry->second.throttle.HoldsBack(now, chance))
    return std::nullopt;
  return RpcFailure{absl::ResourceExhaustedError(
                        "the server is overloaded and refused most calls of the last seconds, so "
                        "this one was not sent"),
                    entry->second.delay};
}

void Throttles::Observe(absl::string_view key, absl::Duration now, const RpcFailure& outcome) {
  const bool refused = absl::IsResourceExhausted(outcome.status) &&
                       outcome.retry_delay.has_value() && !outcome.budget_exhausted;
  const MutexLock lock(mutex_);
  if (refused) {
    Entry& entry = entries_[key];
    entry.throttle.Refused(now);
    entry.delay = *outcome.retry_delay;
  } else if (const auto entry = entries_.find(key); entry != entries_.end()) {
    entry->second.throttle.Taken(now);
  }
}

}  // namespace provnet
