#ifndef PROVNET_SERVER_LIFECYCLE_VERSION_POLICY_H_
#define PROVNET_SERVER_LIFECYCLE_VERSION_POLICY_H_

#include <cstddef>
#include <cstdint>
#include <set>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace provnet {

// Which versions of a model shall serve.
struct VersionPolicy {
  // The so many highest that load; at least 1.
  size_t latest = 1;
  // Where not empty: these and no others.
  std::set<uint64_t> specific = {};
};

// "latest:N" or "specific:V,V,...". INVALID_ARGUMENT says so.
absl::StatusOr<VersionPolicy> ParseVersionPolicy(absl::string_view text);

}  // namespace provnet

#endif  // PROVNET_SERVER_LIFECYCLE_VERSION_POLICY_H_
