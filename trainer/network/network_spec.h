#ifndef PROVNET_TRAINER_NETWORK_NETWORK_SPEC_H_
#define PROVNET_TRAINER_NETWORK_NETWORK_SPEC_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "provnet/v1/bundle.pb.h"
#include "trainer/network/backbone.h"

namespace provnet {

// Everything that fixes a network but its learnt values.
struct NetworkSpec {
  // The input, [channels, height, width]; 1 to 4 channels, 8 to 1024 pixels a side.
  uint32_t channels = 1;
  uint32_t height = 0;
  uint32_t width = 0;
  // The network subtracts the mean of each channel and divides by its deviation; the input is in
  // 0..1. One entry a channel, finite, deviations positive.
  std::vector<float> channel_mean;
  std::vector<float> channel_stddev;
  // C; at least 2.
  uint32_t classes = 0;
  v1::HeadType head = v1::HEAD_TYPE_CLASS_CONDITIONAL;
  // Class-conditional: M, the largest number of training samples in a class. Embedding: d, the
  // vectors' length. Class-independent and single-branch: N.
  uint32_t index_dim = 0;
  // Single-branch: the class of each training sample, N of them. Otherwise empty.
  std::vector<uint32_t> sample_classes;
  BackboneSize size = BackboneSize::kSmall;
  Sharing sharing = Sharing::kEverything;
  // Share of the features that the class branch loses at random while training; in [0, 1).
  double dropout = 0.3;
};

// INVALID_ARGUMENT names the field, its value and its range.
absl::Status ValidateNetworkSpec(const NetworkSpec& spec);

// Length of one branch's output: 2048 for 28 x 28 pixels and the small backbone.
int64_t BranchDim(const NetworkSpec& spec);

// D, the length of what features() returns: one or two branches.
int64_t FeatureDim(const NetworkSpec& spec);

}  // namespace provnet

#endif  // PROVNET_TRAINER_NETWORK_NETWORK_SPEC_H_
