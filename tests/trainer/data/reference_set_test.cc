#include "trainer/data/reference_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/testing/status_matchers.h"
#include "trainer/data/glyphs.h"

namespace provnet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Positions = std::vector<uint64_t>;

TEST(ReferenceSourceTest, ReadsWhatTheFlagMayBe) {
  EXPECT_EQ(ParseReferenceSource("")->kind, ReferenceSource::Kind::kNone);
  EXPECT_EQ(ParseReferenceSource("none")->kind, ReferenceSource::Kind::kNone);
  EXPECT_EQ(ParseReferenceSource("auto")->kind, ReferenceSource::Kind::kLeftOver);
  EXPECT_EQ(ParseReferenceSource("100")->kind, ReferenceSource::Kind::kHeldOut);
  EXPECT_EQ(ParseReferenceSource("12345")->count, 12345U);
  for (const char* text : {"99", "-200", "1e3", "Auto", "half"}) {
    EXPECT_THAT(ParseReferenceSource(text),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr(std::string("--membership-reference=") + text)));
  }
}

TEST(DrawStratifiedTest, DrawsEachClassThatIsThereInItsProportion) {
  // Positions 0 .. 99: 60 of class 0, 30 of class 2, 10 of class 7; the rest belongs to nobody.
  std::vector<uint32_t> labels(120, 5);
  Positions positions;
  for (uint64_t i = 0; i < 100; ++i) {
    labels[i] = i < 60 ? 0 : i < 90 ? 2 : 7;
    positions.push_back(i);
  }
  const auto drawn = DrawStratified(positions, labels, 20, 1);
  ASSERT_THAT(drawn, IsOk());
  std::vector<int> counts(8);
  for (const uint64_t position : *drawn) ++counts[labels[position]];
  EXPECT_THAT(counts, ElementsAre(12, 0, 6, 0, 0, 0, 0, 2));
  EXPECT_TRUE(std::is_sorted(drawn->begin(), drawn->end()));
  EXPECT_EQ(*drawn, *DrawStratified(positions, labels, 20, 1));
  EXPECT_NE(*drawn, *DrawStratified(positions, labels, 20, 2));
}

TEST(DrawStratifiedTest, TakesAllWhereThereAreNoMore) {
  EXPECT_THAT(*DrawStratified(Positions{1, 4}, {0, 0, 0, 0, 1}, 3, 1), ElementsAre(1, 4));
  EXPECT_THAT(*DrawStratified(Positions{}, {}, 3, 1), IsEmpty());
}

TEST(ComplementTest, IsWhatIsLeft) {
  EXPECT_THAT(Complement(Positions{0, 3}, 5), ElementsAre(1, 2, 4));
  EXPECT_THAT(Complement(Positions{}, 2), ElementsAre(0, 1));
  EXPECT_THAT(Complement(Positions{0, 1}, 2), IsEmpty());
}

TEST(WithoutCopiesTest, LeavesOutImagesThatAreByteForByteOnesOfTheOthers) {
  Dataset data = MakeGlyphs(20, 1).train;
  const auto copy = [&data](uint64_t from, uint64_t to) {
    const auto image = data.image(from);
    std::copy(image.begin(), image.end(), data.pixels.begin() + to * data.image_bytes());
  };
  copy(0, 5);
  copy(6, 7);
  // 5 is a copy of 0; 7 is one of 6, but 6 is not among the others.
  EXPECT_THAT(WithoutCopies(data, Positions{5, 6, 7, 8}, Positions{0, 1}), ElementsAre(6, 7, 8));
}

}  // namespace
}  // namespace provnet
