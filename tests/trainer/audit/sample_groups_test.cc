#include "trainer/audit/sample_groups.h"

#include <gmock/gmock.h>

namespace provnet {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(SampleGroupsTest, GroupsGrowTogetherWhateverTheOrder) {
  SampleGroups groups(8);
  groups.Join(7, 5);
  groups.Join(1, 3);
  groups.Join(5, 1);
  groups.Join(2, 6);
  groups.Join(6, 2);
  EXPECT_EQ(groups.Representative(7), 1U);
  EXPECT_EQ(groups.Representative(0), 0U);
  EXPECT_THAT(groups.Groups(), ElementsAre(ElementsAre(1, 3, 5, 7), ElementsAre(2, 6)));
}

Dataset Bytes(std::vector<uint8_t> pixels) {
  Dataset data;
  data.height = 1;
  data.width = 2;
  data.labels.resize(pixels.size() / 2);
  data.pixels = std::move(pixels);
  return data;
}

TEST(SampleGroupsTest, ExactDuplicatesAreEqualInEveryPixelWhateverTheirLabels) {
  Dataset data = Bytes({1, 2, 3, 4, 1, 2, 2, 1, 3, 4, 1, 2});
  data.labels[2] = 1;
  EXPECT_THAT(ExactDuplicates(data), ElementsAre(ElementsAre(0, 2, 5), ElementsAre(1, 4)));
  EXPECT_THAT(ExactDuplicates(Bytes({1, 2, 3, 4})), IsEmpty());
  EXPECT_THAT(ExactDuplicates(Bytes({})), IsEmpty());
}

}  // namespace
}  // namespace provnet
