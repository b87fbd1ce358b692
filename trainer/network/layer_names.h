#ifndef PROVNET_TRAINER_NETWORK_LAYER_NAMES_H_
#define PROVNET_TRAINER_NETWORK_LAYER_NAMES_H_

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace provnet {

// Which part of a network a block belongs to; the first part of its layers' names.
inline constexpr absl::string_view kSharedBlocks = "";
inline constexpr absl::string_view kClassBranch = "class_";
inline constexpr absl::string_view kIndexBranch = "index_";

// What the source calls convolution `convolution` of block `block` and its normalisation, e.g.
// "class_conv3_1"; both counted from 0 here, from 1 in the name.
inline std::string LayerName(absl::string_view branch, uint32_t block, uint32_t convolution) {
  return absl::StrCat(branch, "conv", block + 1, "_", convolution + 1);
}

}  // namespace provnet

#endif  // PROVNET_TRAINER_NETWORK_LAYER_NAMES_H_
