#include "trainer/data/subset_mask.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/testing/status_matchers.h"

namespace provnet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(SubsetMaskTest, HasABitASampleLowestFirst) {
  const std::vector<uint64_t> positions = {0, 3, 8, 9};
  EXPECT_EQ(ToSubsetMask(positions, 10), std::string("\x09\x03"));
  EXPECT_THAT(*FromSubsetMask("\x09\x03", 10), ElementsAre(0, 3, 8, 9));
  EXPECT_THAT(*FromSubsetMask(std::string(3, '\0'), 24), IsEmpty());
}

TEST(SubsetMaskTest, RefusesAMaskOfAnotherNumberOfSamples) {
  const std::vector<uint64_t> positions = {0, 19};
  const std::string mask = ToSubsetMask(positions, 20);
  EXPECT_THAT(FromSubsetMask(mask, 24), IsOk());
  for (const uint64_t n : {0, 16, 19, 25}) {
    EXPECT_THAT(FromSubsetMask(mask, n),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("the data set has changed")))
        << n;
  }
}

}  // namespace
}  // namespace provnet
