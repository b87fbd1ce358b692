#include "trainer/network/network_spec.h"

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

absl::Status CheckRange(const char* field, uint32_t value, uint32_t low, uint32_t high) {
  if (value >= low && value <= high) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("network ", field, " is ", value, ", expected ", low, " to ", high));
}

}  // namespace

absl::Status ValidateNetworkSpec(const NetworkSpec& spec) {
  PROVNET_RETURN_IF_ERROR(CheckRange("channels", spec.channels, 1, 4));
  PROVNET_RETURN_IF_ERROR(CheckRange("height", spec.height, 8, 1024));
  PROVNET_RETURN_IF_ERROR(CheckRange("width", spec.width, 8, 1024));
  PROVNET_RETURN_IF_ERROR(CheckRange("classes", spec.classes, 2, 65535));
  PROVNET_RETURN_IF_ERROR(CheckRange("index_dim", spec.index_dim, 1, 10'000'000));
  if (spec.head != v1::HEAD_TYPE_CLASS_CONDITIONAL && spec.head != v1::HEAD_TYPE_EMBEDDING) {
    return absl::InvalidArgumentError(
        absl::StrCat("network head is ", v1::HeadType_Name(spec.head),
                     ", expected HEAD_TYPE_CLASS_CONDITIONAL or HEAD_TYPE_EMBEDDING"));
  }
  return absl::OkStatus();
}

int64_t FeatureDim(const NetworkSpec& spec) {
  int64_t height = spec.height, width = spec.width;
  for (size_t block = 0; block < kBlockChannels.size(); ++block) {
    height = (height + 1) / 2;
    width = (width + 1) / 2;
  }
  return kBlockChannels.back() * height * width;
}

}  // namespace provnet
