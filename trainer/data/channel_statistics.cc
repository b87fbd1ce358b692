#include "trainer/data/channel_statistics.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace provnet {

ChannelStatistics MeasureChannels(const Dataset& data) {
  const size_t plane = size_t{data.height} * data.width;
  std::vector<uint64_t> sum(data.channels), sum_of_squares(data.channels);
  for (size_t i = 0; i < data.size(); ++i) {
    const auto image = data.image(i);
    for (uint32_t c = 0; c < data.channels; ++c) {
      for (uint64_t value : image.subspan(c * plane, plane)) {
        sum[c] += value;
        sum_of_squares[c] += value * value;
      }
    }
  }
  ChannelStatistics statistics;
  const double count = static_cast<double>(std::max<size_t>(plane * data.size(), 1));
  for (uint32_t c = 0; c < data.channels; ++c) {
    const double mean = static_cast<double>(sum[c]) / count;
    const double variance = static_cast<double>(sum_of_squares[c]) / count - mean * mean;
    statistics.mean.push_back(static_cast<float>(mean / 255));
    statistics.stddev.push_back(static_cast<float>(std::sqrt(std::max(variance, 1.0)) / 255));
  }
  return statistics;
}

}  // namespace provnet
