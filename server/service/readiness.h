#ifndef PROVNET_SERVER_SERVICE_READINESS_H_
#define PROVNET_SERVER_SERVICE_READINESS_H_

#include <atomic>
#include <functional>
#include <utility>

#include "absl/status/status.h"

namespace provnet {

// UNAVAILABLE: shutting down.
absl::Status DrainingError();

// Where the server is in its life: loading -> serving -> draining. Thread-safe.
class Readiness {
 public:
  enum class State { kLoading, kServing, kDraining };

  void Set(State state) { state_.store(state, std::memory_order_release); }
  State state() const { return state_.load(std::memory_order_acquire); }

  // OK while serving, else UNAVAILABLE with the reason.
  absl::Status Check() const;

  // What readiness depends on besides; thread-safe. Call before anybody asks.
  using Condition = std::function<absl::Status()>;
  void SetCondition(Condition condition) { condition_ = std::move(condition); }

  // Check, and the condition where there is one: whether callers should be sent here.
  absl::Status CheckReady() const {
    absl::Status status = Check();
    return status.ok() && condition_ ? condition_() : status;
  }

 private:
  Condition condition_;
  std::atomic<State> state_{State::kLoading};
};

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_READINESS_H_
