#include "server/lifecycle/serving_config.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "provnet/v1/serving.pb.h"
#include "storage/base/file_io.h"
#include "storage/base/status_macros.h"
#include "storage/proto_json.h"

namespace provnet {
namespace {

constexpr size_t kMaxConfigBytes = size_t{1} << 20;
constexpr size_t kMaxNameLength = 63;
// Shares are decimal fractions; their sum is off by rounding.
constexpr double kShareSlack = 1e-6;

absl::Status Wrong(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(kServingConfigFile, ": ", what));
}

bool IsLabelName(absl::string_view name) {
  return !name.empty() && name.size() <= kMaxNameLength &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return absl::ascii_islower(static_cast<unsigned char>(c)) ||
                  absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '.' || c == '_' ||
                  c == '-';
         });
}

absl::Status CheckLabel(absl::string_view name, const v1::LabelTarget& target) {
  if (!IsLabelName(name)) {
    return Wrong(absl::StrCat("the label \"", name, "\" is not made of 1 .. ", kMaxNameLength,
                              " characters out of a-z, 0-9, '.', '_' and '-'"));
  }
  if (target.version() < 1)
    return Wrong(absl::StrCat("labels.", name, ".version is 0, expected a version from 1"));
  if (!(target.share() >= 0 && target.share() <= 1)) {
    return Wrong(absl::StrCat("labels.", name, ".share is ", target.share(), ", expected 0 .. 1"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ServingConfig> ParseServingConfig(absl::string_view json) {
  v1::ServingConfig message;
  if (const absl::Status parsed = ParseProtoJson(json, UnknownFields::kRefuse, message);
      !parsed.ok()) {
    return Wrong(absl::StrCat("no serving configuration in JSON: ", parsed.message()));
  }
  ServingConfig config;
  if (!message.version_policy().empty()) {
    absl::StatusOr<VersionPolicy> policy = ParseVersionPolicy(message.version_policy());
    if (!policy.ok()) return Wrong(absl::StrCat("version_policy: ", policy.status().message()));
    config.policy = *std::move(policy);
  }
  double sum = 0;
  for (const auto& [name, target] : message.labels()) {
    PROVNET_RETURN_IF_ERROR(CheckLabel(name, target));
    config.labels[name] = {target.version(), target.share()};
    sum += target.share();
  }
  if (sum > 0 && std::abs(sum - 1) > kShareSlack)
    return Wrong(
        absl::StrCat("the labels' shares add up to ", sum, ", expected 1 or all of them 0"));
  return config;
}

absl::StatusOr<std::string> ReadServingConfig(const std::filesystem::path& model_directory) {
  absl::StatusOr<std::string> text =
      ReadFile(model_directory / kServingConfigFile, kMaxConfigBytes);
  if (absl::IsNotFound(text.status())) return std::string();
  return text;
}

}  // namespace provnet
