#ifndef PROVNET_TRAINER_NETWORK_NETWORK_SPEC_H_
#define PROVNET_TRAINER_NETWORK_NETWORK_SPEC_H_

#include <array>
#include <cstdint>

#include "absl/status/status.h"
#include "provnet/v1/bundle.pb.h"

namespace provnet {

// Everything that fixes the shape of a network; two networks of equal specs have the same
// parameters.
struct NetworkSpec {
  // The input, [channels, height, width]; 1 to 4 channels, 8 to 1024 pixels a side.
  uint32_t channels = 1;
  uint32_t height = 0;
  uint32_t width = 0;
  // C; at least 2.
  uint32_t classes = 0;
  v1::HeadType head = v1::HEAD_TYPE_CLASS_CONDITIONAL;
  // Class-conditional: M, the largest number of training samples in a class. Embedding: d, the
  // vectors' length.
  uint32_t index_dim = 0;
};

// Output channels of the three convolution blocks, each of which halves height and width, rounding
// up.
inline constexpr std::array<int64_t, 3> kBlockChannels = {32, 64, 128};

// INVALID_ARGUMENT names the field, its value and its range.
absl::Status ValidateNetworkSpec(const NetworkSpec& spec);

// D, the length of the backbone's output: 2048 for 28 x 28 pixels.
int64_t FeatureDim(const NetworkSpec& spec);

}  // namespace provnet

#endif  // PROVNET_TRAINER_NETWORK_NETWORK_SPEC_H_
