#include "trainer/audit/near_duplicate_search.h"

#include <gmock/gmock.h>

#include <set>
#include <utility>

#include "tests/testing/status_matchers.h"
#include "trainer/data/glyphs.h"
#include "trainer/data/near_duplicates.h"

namespace provnet {
namespace {

std::set<std::pair<uint64_t, uint64_t>> Found(const Dataset& data, int threads = 1) {
  const auto found = FindNearDuplicates(data, {.threads = threads}, [] { return false; });
  EXPECT_TRUE(found.ok()) << found.status();
  std::set<std::pair<uint64_t, uint64_t>> pairs;
  for (const NearDuplicatePair& pair : found->pairs) {
    EXPECT_LT(pair.ratio, found->threshold);
    pairs.emplace(pair.first, pair.second);
  }
  return pairs;
}

TEST(NearDuplicateSearchTest, FindsShiftedTurnedAndNoisyCopiesAndLittleElse) {
  Dataset data = MakeGlyphs(600, 4, 1).train;
  const auto injected = InjectNearDuplicates(60, 4, data);
  ASSERT_TRUE(injected.ok()) << injected.status();
  const auto pairs = Found(data);
  size_t hits = 0;
  for (const InjectedDuplicate& duplicate : *injected) {
    hits += pairs.count({duplicate.original, duplicate.copy});
  }
  EXPECT_GE(hits, 58U);
  EXPECT_LE(pairs.size() - hits, 3U);
  EXPECT_EQ(Found(data, /*threads=*/3), pairs);
}

TEST(NearDuplicateSearchTest, FindsNextToNothingWhereNothingIs) {
  EXPECT_LE(Found(MakeGlyphs(600, 4, 1).train).size(), 3U);
}

TEST(NearDuplicateSearchTest, TooFewImagesToTellAreNoError) {
  for (const uint64_t count : {0, 1, 2, 5}) {
    Dataset data = MakeGlyphs(100, 4, 1).train;
    data.labels.resize(count);
    data.pixels.resize(count * data.image_bytes());
    EXPECT_TRUE(Found(data).empty()) << count;
  }
}

TEST(NearDuplicateSearchTest, StopsWhenAsked) {
  EXPECT_THAT(FindNearDuplicates(MakeGlyphs(200, 4, 1).train, {}, [] { return true; }),
              StatusIs(absl::StatusCode::kCancelled, ::testing::HasSubstr("stopped")));
}

}  // namespace
}  // namespace provnet
