#ifndef PROVNET_SERVER_LIFECYCLE_VERSION_PLAN_H_
#define PROVNET_SERVER_LIFECYCLE_VERSION_PLAN_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "server/lifecycle/version_policy.h"

namespace provnet {

// One version of a model, as far as a plan needs to know it.
struct VersionView {
  enum class State {
    // Worth a try: new, or changed since it was refused.
    kPending,
    // Loaded and answering.
    kReady,
    // Refused, still being copied, or waiting for the next try.
    kPassedOver,
  };

  uint64_t version = 0;
  State state = State::kPending;
  // Whether the repository still has it.
  bool offered = true;
  // Whether it is loaded, perhaps as an older bundle of the same number that is pending again.
  bool loaded = false;
  // Whether a label asks for it, whatever the policy says.
  bool labelled = false;
};

// What to do next for one model: at most one load, or else the unloads that it takes.
struct VersionPlan {
  std::optional<uint64_t> load;
  std::vector<uint64_t> unload;
};

// Of the versions that are offered and not passed over, those shall serve that the policy wants
// (the so many highest, or certain ones) or a label asks for. Loads come first, highest first, and
// nothing is unloaded before all of them are through; nor ever the last version that answers, even
// when the repository has lost it. `versions` ascend. A pure function.
VersionPlan PlanVersions(absl::Span<const VersionView> versions, const VersionPolicy& policy);

}  // namespace provnet

#endif  // PROVNET_SERVER_LIFECYCLE_VERSION_PLAN_H_
