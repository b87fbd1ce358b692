#ifndef PROVNET_SERVER_LIFECYCLE_SERVING_CONFIG_H_
#define PROVNET_SERVER_LIFECYCLE_SERVING_CONFIG_H_

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/lifecycle/version_policy.h"

namespace provnet {

inline constexpr char kServingConfigFile[] = "serving.json";

// How one model is served, from the file in its folder. See docs/serving.md.
struct ServingConfig {
  struct Label {
    uint64_t version = 0;
    // Of the requests that name neither version nor label.
    double share = 0;
  };

  // Unset: the server's.
  std::optional<VersionPolicy> policy;
  std::map<std::string, Label> labels;
};

// From the file's text. INVALID_ARGUMENT names the file, the field, its value and what was
// expected; fields that this build does not know are refused, since a misspelt one would be
// silently without effect.
absl::StatusOr<ServingConfig> ParseServingConfig(absl::string_view json);

// The file's text; empty when there is none. Other errors of reading it pass.
absl::StatusOr<std::string> ReadServingConfig(const std::filesystem::path& model_directory);

}  // namespace provnet

#endif  // PROVNET_SERVER_LIFECYCLE_SERVING_CONFIG_H_
