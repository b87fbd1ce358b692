#ifndef PROVNET_TRAINER_DATA_CHANNEL_STATISTICS_H_
#define PROVNET_TRAINER_DATA_CHANNEL_STATISTICS_H_

#include <vector>

#include "trainer/data/dataset.h"

namespace provnet {

// Mean and standard deviation of each channel over all pixels of all images, of values / 255. A
// channel that hardly varies gets the deviation 1/255, so that dividing by it stays sane. Exact:
// sums of integers, so the same on every machine.
struct ChannelStatistics {
  std::vector<float> mean;
  std::vector<float> stddev;
};
ChannelStatistics MeasureChannels(const Dataset& data);

}  // namespace provnet

#endif  // PROVNET_TRAINER_DATA_CHANNEL_STATISTICS_H_
