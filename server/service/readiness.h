#ifndef PROVNET_SERVER_SERVICE_READINESS_H_
#define PROVNET_SERVER_SERVICE_READINESS_H_

#include <array>
#include <atomic>
#include <functional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "server/service/capability.h"

namespace provnet {

// UNAVAILABLE: shutting down.
absl::Status DrainingError();

// Where the server is in its life: loading -> serving -> draining; and what it is able to do while
// it serves. Thread-safe.
class Readiness {
 public:
  enum class State { kLoading, kServing, kDraining };

  void Set(State state) { state_.store(state, std::memory_order_release); }
  State state() const { return state_.load(std::memory_order_acquire); }

  // Whether it takes calls at all: OK while serving, else UNAVAILABLE with the reason.
  absl::Status Check() const;

  // What the capability depends on besides; thread-safe, never blocks, and asked only while
  // serving. Call before anybody asks.
  using Condition = std::function<absl::Status()>;
  void AddCondition(Capability capability, Condition condition) {
    conditions_[static_cast<size_t>(capability)].push_back(std::move(condition));
  }

  // Check(), then the first condition of the capability that does not hold. Never blocks: a disk
  // that does not answer must not keep the probes of Kubernetes from their answers.
  absl::Status Check(Capability capability) const;

 private:
  std::array<std::vector<Condition>, kCapabilityCount> conditions_;
  std::atomic<State> state_{State::kLoading};
};

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_READINESS_H_
