#include "trainer/data/label_noise.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "tests/testing/status_matchers.h"
#include "trainer/data/random.h"

namespace provnet {
namespace {

using ::testing::HasSubstr;
using Kind = LabelNoise::Kind;

std::vector<uint32_t> RandomLabels(size_t size, uint32_t classes) {
  Rng rng(7);
  std::vector<uint32_t> labels;
  for (size_t i = 0; i < size; ++i) labels.push_back(static_cast<uint32_t>(rng.Below(classes)));
  return labels;
}

std::vector<uint64_t> Differing(const std::vector<uint32_t>& a, const std::vector<uint32_t>& b) {
  std::vector<uint64_t> positions;
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i]) positions.push_back(i);
  }
  return positions;
}

TEST(LabelNoiseTest, ChangesExactlyTheRoundedShareAndSaysWhich) {
  const std::vector<uint32_t> before = RandomLabels(4321, 10);
  for (const Kind kind : {Kind::kSymmetric, Kind::kAsymmetric}) {
    for (const double rate : {0.001, 0.1, 0.2, 0.5}) {
      std::vector<uint32_t> labels = before;
      const auto changed = InjectLabelNoise({kind, rate}, 10, 1, labels);
      ASSERT_THAT(changed, IsOk());
      EXPECT_EQ(changed->size(), std::llround(rate * 4321));
      EXPECT_EQ(*changed, Differing(before, labels));
    }
  }
}

TEST(LabelNoiseTest, AsymmetricTakesTheNextClassAndWrapsAround) {
  const std::vector<uint32_t> before = RandomLabels(2000, 5);
  std::vector<uint32_t> labels = before;
  const auto changed = InjectLabelNoise({Kind::kAsymmetric, 0.3}, 5, 1, labels);
  ASSERT_THAT(changed, IsOk());
  for (const uint64_t i : *changed) EXPECT_EQ(labels[i], (before[i] + 1) % 5) << i;
}

TEST(LabelNoiseTest, SymmetricTakesEveryOtherClassAlike) {
  const std::vector<uint32_t> before(20000, 2);
  std::vector<uint32_t> labels = before;
  for (uint32_t other : {0, 1, 3}) labels.push_back(other);  // no class is empty
  ASSERT_THAT(InjectLabelNoise({Kind::kSymmetric, 0.9}, 4, 1, labels), IsOk());
  for (const uint32_t other : {0U, 1U, 3U}) {
    EXPECT_NEAR(std::count(labels.begin(), labels.end(), other), 6000, 250) << other;
  }
}

TEST(LabelNoiseTest, DependsOnTheSeedAlone) {
  const auto noisy = [](uint64_t seed) {
    std::vector<uint32_t> labels = RandomLabels(500, 3);
    EXPECT_THAT(InjectLabelNoise({Kind::kSymmetric, 0.2}, 3, seed, labels), IsOk());
    return labels;
  };
  EXPECT_EQ(noisy(4), noisy(4));
  EXPECT_NE(noisy(4), noisy(5));
}

TEST(LabelNoiseTest, RefusesWhatItCannotDoAndLeavesTheLabels) {
  const struct {
    double rate;
    uint32_t classes;
    std::vector<uint32_t> labels;
    const char* reason;
  } kCases[] = {
      {0, 3, {0, 1, 2}, "rate 0 "},
      {1, 3, {0, 1, 2}, "rate 1 "},
      {std::numeric_limits<double>::quiet_NaN(), 3, {0, 1, 2}, "rate nan"},
      {0.5, 1, {0, 0, 0}, "among 1 classes"},
      {0.5, 3, {0, 3, 1}, "sample 1 has label 3"},
      {0.9, 3, {0, 0, 0}, "without samples"},
  };
  for (const auto& c : kCases) {
    std::vector<uint32_t> labels = c.labels;
    EXPECT_THAT(InjectLabelNoise({Kind::kSymmetric, c.rate}, c.classes, 1, labels),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(c.reason)));
    EXPECT_EQ(labels, c.labels);
  }
}

TEST(LabelNoiseTest, ReadsWhatItWrites) {
  for (const char* text : {"symmetric:0.1", "asymmetric:0.25"}) {
    const auto noise = ParseLabelNoise(text);
    ASSERT_THAT(noise, IsOk());
    EXPECT_EQ(FormatLabelNoise(*noise), text);
  }
}

TEST(LabelNoiseTest, NamesTextThatItCannotRead) {
  for (const char* text : {"", "0.1", "symmetric", "symmetric:", "symmetric:x", "symmetric:0",
                           "asymmetric:1", "asymmetric:-0.1", "symmetric:nan", "pairs:0.1"}) {
    EXPECT_THAT(ParseLabelNoise(text), StatusIs(absl::StatusCode::kInvalidArgument,
                                                HasSubstr("\"" + std::string(text) + "\"")));
  }
}

}  // namespace
}  // namespace provnet
