#ifndef PROVNET_TRAINER_NETWORK_BACKBONE_H_
#define PROVNET_TRAINER_NETWORK_BACKBONE_H_

#include <array>
#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace provnet {

// A backbone is a row of blocks; each halves height and width, rounding up.
inline constexpr uint32_t kBlocks = 3;

// How wide and deep a backbone is. With a class-conditional head over 18,000 digits the networks
// have about 4, 10, 21 and 80 million parameters from small to xlarge. Tiny is for experiments that
// fit hundreds of networks: some 10,000 parameters without an index head.
enum class BackboneSize { kTiny, kSmall, kMedium, kLarge, kXLarge };

struct BackboneShape {
  // Output channels of each block.
  std::array<int64_t, kBlocks> channels;
  // 3 x 3 convolutions in each block.
  uint32_t convolutions;
};
BackboneShape ShapeOf(BackboneSize size);

// "tiny", "small", "medium", "large", "xlarge". INVALID_ARGUMENT lists them.
absl::string_view BackboneSizeName(BackboneSize size);
absl::StatusOr<BackboneSize> ParseBackboneSize(absl::string_view name);

// How much of the backbone the class branch and the index branch share. After the shared blocks
// each branch goes through blocks of its own, and features() returns both outputs side by side, the
// class branch's first.
enum class Sharing {
  // I: nothing; two whole networks behind one input.
  kNothing = 0,
  // II: the first block.
  kOneBlock = 1,
  // III: the first two blocks.
  kTwoBlocks = 2,
  // IV: the whole backbone; only the heads differ.
  kEverything = 3,
};
constexpr uint32_t SharedBlocks(Sharing sharing) { return static_cast<uint32_t>(sharing); }

// "I", "II", "III", "IV". INVALID_ARGUMENT lists them.
absl::string_view SharingName(Sharing sharing);
absl::StatusOr<Sharing> ParseSharing(absl::string_view name);

}  // namespace provnet

#endif  // PROVNET_TRAINER_NETWORK_BACKBONE_H_
