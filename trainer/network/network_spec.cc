#include "trainer/network/network_spec.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

absl::Status CheckRange(const char* field, uint64_t value, uint64_t low, uint64_t high) {
  if (value >= low && value <= high) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("network ", field, " is ", value, ", expected ", low, " to ", high));
}

absl::Status CheckNormalization(const NetworkSpec& spec) {
  if (spec.channel_mean.size() != spec.channels || spec.channel_stddev.size() != spec.channels) {
    return absl::InvalidArgumentError(absl::StrCat(
        "network has ", spec.channel_mean.size(), " channel means and ", spec.channel_stddev.size(),
        " deviations, expected ", spec.channels, " of each"));
  }
  for (uint32_t c = 0; c < spec.channels; ++c) {
    const float mean = spec.channel_mean[c], stddev = spec.channel_stddev[c];
    // Negated, so that NaN fails.
    if (!(std::isfinite(mean) && std::isfinite(stddev) && stddev > 0)) {
      return absl::InvalidArgumentError(
          absl::StrCat("network channel ", c, " has mean ", mean, " and deviation ", stddev,
                       ", expected finite values and a positive deviation"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckHead(const NetworkSpec& spec) {
  switch (spec.head) {
    case v1::HEAD_TYPE_CLASS_CONDITIONAL:
    case v1::HEAD_TYPE_EMBEDDING:
    case v1::HEAD_TYPE_CLASS_INDEPENDENT:
      return absl::OkStatus();
    case v1::HEAD_TYPE_SINGLE_BRANCH:
      break;
    default:
      return absl::InvalidArgumentError(
          absl::StrCat("network head is ", v1::HeadType_Name(spec.head),
                       ", expected HEAD_TYPE_CLASS_CONDITIONAL, HEAD_TYPE_CLASS_INDEPENDENT, "
                       "HEAD_TYPE_SINGLE_BRANCH or HEAD_TYPE_EMBEDDING"));
  }
  if (spec.sharing != Sharing::kEverything) {
    return absl::InvalidArgumentError(absl::StrCat("network sharing is ", SharingName(spec.sharing),
                                                   ", but a single branch has nothing to share: "
                                                   "expected IV"));
  }
  PROVNET_RETURN_IF_ERROR(CheckRange("number of sample classes", spec.sample_classes.size(),
                                     spec.index_dim, spec.index_dim));
  const auto largest = std::max_element(spec.sample_classes.begin(), spec.sample_classes.end());
  return CheckRange("class of a sample", *largest, 0, spec.classes - 1);
}

}  // namespace

absl::Status ValidateNetworkSpec(const NetworkSpec& spec) {
  PROVNET_RETURN_IF_ERROR(CheckRange("channels", spec.channels, 1, 4));
  PROVNET_RETURN_IF_ERROR(CheckRange("height", spec.height, 8, 1024));
  PROVNET_RETURN_IF_ERROR(CheckRange("width", spec.width, 8, 1024));
  PROVNET_RETURN_IF_ERROR(CheckRange("classes", spec.classes, 2, 65535));
  PROVNET_RETURN_IF_ERROR(CheckRange("index_dim", spec.index_dim, 1, 10'000'000));
  PROVNET_RETURN_IF_ERROR(CheckNormalization(spec));
  // Negated, so that NaN fails.
  if (!(spec.dropout >= 0 && spec.dropout < 1)) {
    return absl::InvalidArgumentError(
        absl::StrCat("network dropout is ", spec.dropout, ", expected at least 0 and below 1"));
  }
  return CheckHead(spec);
}

int64_t BranchDim(const NetworkSpec& spec) {
  int64_t height = spec.height, width = spec.width;
  for (uint32_t block = 0; block < kBlocks; ++block) {
    height = (height + 1) / 2;
    width = (width + 1) / 2;
  }
  return ShapeOf(spec.size).channels.back() * height * width;
}

int64_t FeatureDim(const NetworkSpec& spec) {
  return BranchDim(spec) * (spec.sharing == Sharing::kEverything ? 1 : 2);
}

}  // namespace provnet
