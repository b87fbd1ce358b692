#include "trainer/distributed/share.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace provnet {
namespace {

TEST(Share, PartsCoverEverythingOnceAndDifferByAtMostOne) {
  for (const int64_t total : {0, 1, 5, 64, 1000}) {
    for (const uint32_t ranks : {1U, 2U, 3U, 7U}) {
      int64_t next = 0, smallest = total, largest = 0;
      for (uint32_t rank = 0; rank < ranks; ++rank) {
        const Share share = ShareOf(total, {rank, ranks});
        EXPECT_EQ(share.begin, next);
        next = share.end;
        smallest = std::min(smallest, share.size());
        largest = std::max(largest, share.size());
      }
      EXPECT_EQ(next, total);
      EXPECT_LE(largest - smallest, 1);
      EXPECT_EQ(LargestShare(total, ranks), largest);
    }
  }
}

}  // namespace
}  // namespace provnet
