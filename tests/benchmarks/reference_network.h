#ifndef PROVNET_TESTS_BENCHMARKS_REFERENCE_NETWORK_H_
#define PROVNET_TESTS_BENCHMARKS_REFERENCE_NETWORK_H_

#include <torch/script.h>

#include <cstdint>

namespace provnet {

// The shape of the reference network: 1 x 28 x 28 pixels; three blocks of 3 x 3 convolution,
// BatchNorm, ReLU and pooling with 32, 64 and 128 channels; 1152 -> 2048 ReLU features; 10 classes;
// a class-conditional index head 2058 -> 6000.
inline constexpr int64_t kReferenceSide = 28;
inline constexpr int64_t kReferenceFeatures = 2048;
inline constexpr int64_t kReferenceClasses = 10;
inline constexpr int64_t kReferenceClassSize = 6000;

// A network of that shape whose weights are random, from `seed` alone, in evaluation mode: what it
// costs is what a trained one costs. BatchNorm's statistics are those of random images, so that
// features differ between inputs as those of a trained network do. Has all methods of
// server/model/script_model.h. Throws what LibTorch throws.
torch::jit::Module MakeReferenceNetwork(uint64_t seed);

}  // namespace provnet

#endif  // PROVNET_TESTS_BENCHMARKS_REFERENCE_NETWORK_H_
