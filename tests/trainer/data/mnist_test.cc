#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <vector>

#include "trainer/data/idx_reader.h"

namespace provnet {
namespace {

using ::testing::ElementsAre;

std::vector<int> CountByClass(const Dataset& dataset) {
  std::vector<int> counts(dataset.class_names.size());
  for (const uint32_t label : dataset.labels) ++counts[label];
  return counts;
}

TEST(MnistTest, HasThePublishedContents) {
  const char* root = std::getenv("PROVNET_DATA_DIR");  // NOLINT(concurrency-mt-unsafe): one thread
  if (root == nullptr) GTEST_SKIP() << "PROVNET_DATA_DIR is not set; expected DIR/mnist in it";
  const auto data = ReadIdx(std::filesystem::path(root) / "mnist");
  ASSERT_TRUE(data.ok()) << data.status();
  EXPECT_EQ(data->train.size(), 60'000u);
  EXPECT_EQ(data->test.size(), 10'000u);
  EXPECT_EQ(data->train.height, 28u);
  EXPECT_EQ(data->train.width, 28u);
  EXPECT_EQ(data->train.labels[0], 5u);
  EXPECT_EQ(data->test.labels[0], 7u);
  EXPECT_THAT(CountByClass(data->train),
              ElementsAre(5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949));
  EXPECT_THAT(CountByClass(data->test),
              ElementsAre(980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009));
  uint64_t sum = 0;
  for (const uint8_t pixel : data->train.pixels) sum += pixel;
  EXPECT_NEAR(static_cast<double>(sum) / 255 / data->train.pixels.size(), 0.1307, 0.0001);
}

}  // namespace
}  // namespace provnet
