#include "trainer/data/subset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "trainer/data/random.h"

namespace provnet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Labels with counts[c] samples of class c, shuffled.
std::vector<uint32_t> LabelsWith(const std::vector<size_t>& counts) {
  std::vector<uint32_t> labels;
  for (uint32_t c = 0; c < counts.size(); ++c) labels.insert(labels.end(), counts[c], c);
  Rng(99).Shuffle(labels);
  return labels;
}

std::vector<size_t> CountByClass(const std::vector<uint32_t>& labels, size_t classes,
                                 const std::vector<uint64_t>& positions) {
  std::vector<size_t> counts(classes);
  for (const uint64_t position : positions) ++counts[labels[position]];
  return counts;
}

TEST(StratifiedSubsetTest, DrawsExactlyTheRoundedShareInProportion) {
  const std::vector<size_t> counts = {5923, 6742, 58, 6131, 1, 421};
  const auto labels = LabelsWith(counts);
  for (const double fraction : {0.001, 0.01, 0.1, 0.3, 1.0 / 3, 0.5, 0.999, 1.0}) {
    SCOPED_TRACE(fraction);
    const auto drawn = StratifiedSubset(labels, 6, fraction, 1);
    ASSERT_TRUE(drawn.ok()) << drawn.status();
    EXPECT_EQ(drawn->size(), std::llround(fraction * labels.size()));
    EXPECT_TRUE(std::is_sorted(drawn->begin(), drawn->end()));
    EXPECT_EQ(std::set<uint64_t>(drawn->begin(), drawn->end()).size(), drawn->size());
    const auto shares = CountByClass(labels, 6, *drawn);
    for (size_t c = 0; c < 6; ++c) {
      EXPECT_GE(shares[c], 1u) << "class " << c;
      EXPECT_LE(shares[c], counts[c]) << "class " << c;
      // The rare classes' minimum costs the others at most one each here.
      EXPECT_NEAR(shares[c], fraction * counts[c], 2.0) << "class " << c;
    }
  }
}

TEST(StratifiedSubsetTest, GivesWhatIsLeftToTheLargestRemainders) {
  // Quotas of 5: 2.4, 1.3, 1.3 -> 2, 1, 1 and one more to the first.
  const auto labels = LabelsWith({48, 26, 26});
  const auto drawn = StratifiedSubset(labels, 3, 0.05, 4);
  ASSERT_TRUE(drawn.ok()) << drawn.status();
  EXPECT_THAT(CountByClass(labels, 3, *drawn), ElementsAre(3, 1, 1));
}

TEST(StratifiedSubsetTest, RaisesRareClassesToOneAtTheCostOfTheOthers) {
  const auto labels = LabelsWith({96, 1, 1, 1, 1});
  const auto drawn = StratifiedSubset(labels, 5, 0.06, 4);
  ASSERT_TRUE(drawn.ok()) << drawn.status();
  EXPECT_THAT(CountByClass(labels, 5, *drawn), ElementsAre(2, 1, 1, 1, 1));
}

TEST(StratifiedSubsetTest, DependsOnTheSeedAlone) {
  const auto labels = LabelsWith({500, 500});
  const auto once = StratifiedSubset(labels, 2, 0.2, 1);
  const auto again = StratifiedSubset(labels, 2, 0.2, 1);
  const auto other = StratifiedSubset(labels, 2, 0.2, 2);
  EXPECT_EQ(*once, *again);
  EXPECT_NE(*once, *other);
}

TEST(StratifiedSubsetTest, DrawsEverySampleAlikeOften) {
  const auto labels = LabelsWith({20, 20});
  std::vector<int> hits(labels.size());
  for (uint64_t seed = 0; seed < 2000; ++seed) {
    const auto drawn = StratifiedSubset(labels, 2, 0.25, seed);
    for (const uint64_t position : *drawn) ++hits[position];
  }
  for (const int hit : hits) EXPECT_NEAR(hit, 500, 100);
}

TEST(StratifiedSubsetTest, RefusesBadArguments) {
  const auto labels = LabelsWith({50, 50});
  struct Row {
    double fraction;
    std::vector<uint32_t> labels;
    uint32_t classes;
    const char* message;
  };
  const Row rows[] = {
      {0.0, labels, 2, "fraction is 0;"},
      {-0.5, labels, 2, "fraction is -0.5"},
      {1.01, labels, 2, "fraction is 1.01"},
      {std::numeric_limits<double>::quiet_NaN(), labels, 2, "nan"},
      {std::numeric_limits<double>::infinity(), labels, 2, "inf"},
      {0.01, labels, 2, "fewer than the 2 classes"},
      {0.5, labels, 1, "has label 1"},
      {0.5, labels, 3, "class 2 has no sample"},
      {0.5, {}, 1, "class 0 has no sample"},
  };
  for (const Row& row : rows) {
    const auto drawn = StratifiedSubset(row.labels, row.classes, row.fraction, 1);
    EXPECT_EQ(drawn.status().code(), absl::StatusCode::kInvalidArgument) << row.message;
    EXPECT_THAT(drawn.status().ToString(), HasSubstr(row.message));
  }
}

TEST(SelectTest, CopiesTheSamplesWithTheirOrigin) {
  const Dataset dataset{.channels = 1,
                        .height = 1,
                        .width = 2,
                        .pixels = {0, 1, 10, 11, 20, 21},
                        .labels = {0, 1, 0},
                        .class_names = {"a", "b"},
                        .source_name = "file",
                        .source_positions = {5, 6, 7}};
  const std::vector<uint64_t> positions = {2, 1};
  const Dataset selected = Select(dataset, positions);
  EXPECT_THAT(selected.pixels, ElementsAre(20, 21, 10, 11));
  EXPECT_THAT(selected.labels, ElementsAre(0, 1));
  EXPECT_EQ(selected.class_names, dataset.class_names);
  EXPECT_EQ(selected.source_id(0), "file#7");
  EXPECT_EQ(selected.width, 2u);
  EXPECT_EQ(Select(dataset, {}).size(), 0u);
}

TEST(SelectTest, SharesTheEncodedFilesAndKeepsNames) {
  Dataset dataset{.channels = 1,
                  .height = 1,
                  .width = 1,
                  .pixels = {0, 10, 20},
                  .labels = {0, 1, 0},
                  .class_names = {"a", "b"},
                  .source_name = "archive.tar",
                  .source_positions = {0, 1, 2}};
  dataset.source_names = {"a/0.png", "b/0.png", "a/1.png"};
  for (const char* bytes : {"zero", "one", "two"}) {
    dataset.encoded.push_back(std::make_shared<const std::string>(bytes));
  }
  const std::vector<uint64_t> positions = {2, 1};
  const Dataset selected = Select(dataset, positions);
  EXPECT_EQ(selected.source_id(0), "a/1.png");
  EXPECT_EQ(selected.encoded_file(0), dataset.encoded_file(2));
  EXPECT_EQ(*selected.encoded_file(1), "one");
}

}  // namespace
}  // namespace provnet
