#ifndef PROVNET_TESTS_TRAINER_TRAINING_SMALL_DATA_H_
#define PROVNET_TESTS_TRAINER_TRAINING_SMALL_DATA_H_

#include "trainer/data/dataset.h"
#include "trainer/data/random.h"

namespace provnet {

// `size` images of 8 x 8 random pixels in three classes, taken in turns.
inline Dataset SmallData(size_t size, uint64_t seed = 1) {
  Dataset data{.channels = 1,
               .height = 8,
               .width = 8,
               .pixels = {},
               .labels = {},
               .class_names = {"a", "b", "c"},
               .source_name = "noise",
               .source_positions = {}};
  Rng rng(seed);
  for (size_t i = 0; i < size; ++i) {
    data.labels.push_back(static_cast<uint32_t>(i % 3));
    data.source_positions.push_back(i);
    for (int pixel = 0; pixel < 64; ++pixel) {
      data.pixels.push_back(static_cast<uint8_t>(rng.Below(256)));
    }
  }
  return data;
}

}  // namespace provnet

#endif  // PROVNET_TESTS_TRAINER_TRAINING_SMALL_DATA_H_
