#ifndef PROVNET_SERVER_SERVICE_CAPABILITY_H_
#define PROVNET_SERVER_SERVICE_CAPABILITY_H_

#include <array>
#include <cstddef>

#include "absl/strings/string_view.h"

namespace provnet {

// What callers come for. Each may fail while the others go on.
enum class Capability {
  // To be told classes and the indices of their provenance: what the server is for.
  kClassification,
  // To be shown stored training samples.
  kExemplars,
  // To be told whether something was trained on.
  kMembership,
};

inline constexpr std::array kCapabilities = {Capability::kClassification, Capability::kExemplars,
                                             Capability::kMembership};
inline constexpr size_t kCapabilityCount = kCapabilities.size();

constexpr absl::string_view CapabilityName(Capability capability) {
  constexpr absl::string_view kNames[kCapabilityCount] = {"classification", "exemplars",
                                                          "membership"};
  return kNames[static_cast<size_t>(capability)];
}

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_CAPABILITY_H_
