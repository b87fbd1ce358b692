#include "server/attribution/candidate_layout.h"

#include <gtest/gtest.h>

namespace provnet {
namespace {

TEST(CandidateLayoutTest, PerClassNumbersTheSamplesOfEachClassInAscendingOrder) {
  const CandidateLayout layout = CandidateLayout::PerClass({2, 0, 2, 2, 0}, 4);
  EXPECT_EQ(layout.candidates(0), 2);
  EXPECT_EQ(layout.candidates(1), 0);
  EXPECT_EQ(layout.candidates(2), 3);
  EXPECT_EQ(layout.candidates(3), 0);
  EXPECT_EQ(layout.max_candidates(), 3);
  EXPECT_EQ(layout.sample_index(0, 0), 1);
  EXPECT_EQ(layout.sample_index(0, 1), 4);
  EXPECT_EQ(layout.sample_index(2, 0), 0);
  EXPECT_EQ(layout.sample_index(2, 2), 3);
}

TEST(CandidateLayoutTest, AllSamplesIgnoresTheClass) {
  const CandidateLayout layout = CandidateLayout::AllSamples(7);
  for (uint32_t y : {0U, 3U, 900U}) {
    EXPECT_EQ(layout.candidates(y), 7);
    EXPECT_EQ(layout.sample_index(y, 5), 5);
  }
  EXPECT_EQ(layout.max_candidates(), 7);
}

}  // namespace
}  // namespace provnet
