#include "trainer/data/channel_statistics.h"

#include <gmock/gmock.h>

namespace provnet {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;

TEST(MeasureChannels, KeepsChannelsApart) {
  // Two images of two channels, 1 x 2 pixels.
  const Dataset data{.channels = 2,
                     .height = 1,
                     .width = 2,
                     .pixels = {0, 255, 10, 10, 0, 255, 30, 30},
                     .labels = {0, 1},
                     .class_names = {"a", "b"},
                     .source_name = "test",
                     .source_positions = {0, 1}};
  const ChannelStatistics statistics = MeasureChannels(data);
  EXPECT_THAT(statistics.mean, ElementsAre(FloatNear(0.5F, 1e-6F), FloatNear(20.0F / 255, 1e-6F)));
  EXPECT_THAT(statistics.stddev,
              ElementsAre(FloatNear(0.5F, 1e-6F), FloatNear(10.0F / 255, 1e-6F)));
}

TEST(MeasureChannels, AConstantChannelCanBeDividedBy) {
  const Dataset data{.channels = 1,
                     .height = 1,
                     .width = 3,
                     .pixels = {7, 7, 7},
                     .labels = {0},
                     .class_names = {"a"},
                     .source_name = "test",
                     .source_positions = {0}};
  EXPECT_THAT(MeasureChannels(data).stddev, ElementsAre(FloatNear(1.0F / 255, 1e-7F)));
}

}  // namespace
}  // namespace provnet
