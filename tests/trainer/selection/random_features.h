#ifndef PROVNET_TESTS_TRAINER_SELECTION_RANDOM_FEATURES_H_
#define PROVNET_TESTS_TRAINER_SELECTION_RANDOM_FEATURES_H_

#include <cstdint>

#include "trainer/data/float_matrix.h"
#include "trainer/data/random.h"

namespace provnet {

// Standard normal values.
inline FloatMatrix RandomFeatures(size_t rows, size_t columns, uint64_t seed) {
  FloatMatrix features(rows, columns);
  Rng rng(seed);
  for (float& value : features.values) value = static_cast<float>(rng.Normal());
  return features;
}

}  // namespace provnet

#endif  // PROVNET_TESTS_TRAINER_SELECTION_RANDOM_FEATURES_H_
