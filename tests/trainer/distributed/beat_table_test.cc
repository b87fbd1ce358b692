#include "trainer/distributed/beat_table.h"

#include <gmock/gmock.h>

namespace provnet {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr absl::Duration kLimit = absl::Seconds(10);

TEST(BeatTable, NobodyIsSilentAtFirst) {
  const BeatTable table(3, absl::Seconds(100));
  EXPECT_THAT(table.Silent(absl::Seconds(110), kLimit), IsEmpty());
  EXPECT_THAT(table.Silent(absl::Seconds(111), kLimit), ElementsAre(0, 1, 2));
}

TEST(BeatTable, ARankWhoseCounterMovesIsAlive) {
  BeatTable table(2, absl::ZeroDuration());
  table.Read(0, 1, absl::Seconds(9));
  table.Read(0, 2, absl::Seconds(18));
  table.Read(1, 7, absl::Seconds(18));
  EXPECT_THAT(table.Silent(absl::Seconds(28), kLimit), IsEmpty());
}

TEST(BeatTable, ReadingTheSameCountIsNoSignOfLife) {
  BeatTable table(2, absl::ZeroDuration());
  for (int second = 1; second <= 20; ++second) {
    table.Read(0, second, absl::Seconds(second));
    table.Read(1, 5, absl::Seconds(second));
  }
  EXPECT_THAT(table.Silent(absl::Seconds(20), kLimit), ElementsAre(1));
}

}  // namespace
}  // namespace provnet
