#include "trainer/network/class_positions.h"

#include <gmock/gmock.h>

namespace provnet {
namespace {

using ::testing::ElementsAre;

TEST(ClassPositions, CountsWithinEachClassInSampleOrder) {
  const uint32_t labels[] = {2, 0, 2, 2, 0};
  const ClassPositions positions = NumberWithinClasses(labels, 4);
  EXPECT_THAT(positions.position, ElementsAre(0, 0, 1, 2, 1));
  EXPECT_THAT(positions.class_sizes, ElementsAre(2, 0, 3, 0));
  EXPECT_EQ(positions.max_class_size(), 3);
}

TEST(ClassPositions, HasNoClassesWithoutSamples) {
  EXPECT_EQ(NumberWithinClasses({}, 0).max_class_size(), 0);
  EXPECT_EQ(NumberWithinClasses({}, 3).max_class_size(), 0);
}

}  // namespace
}  // namespace provnet
