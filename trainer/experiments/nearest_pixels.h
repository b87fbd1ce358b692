#ifndef PROVNET_TRAINER_EXPERIMENTS_NEAREST_PIXELS_H_
#define PROVNET_TRAINER_EXPERIMENTS_NEAREST_PIXELS_H_

#include <vector>

#include "trainer/data/dataset.h"

namespace provnet {

// Minus the Euclidean distance from each image of `records` to the nearest image of `samples`, in
// pixels / 255: what finds copies without any network. O(records samples pixels), in blocks.
std::vector<float> NegativeNearestDistances(const Dataset& records, const Dataset& samples);

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPERIMENTS_NEAREST_PIXELS_H_
