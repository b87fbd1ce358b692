#include "trainer/export/evaluation.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>
#include <utility>

namespace provnet {
namespace {

constexpr uint32_t kSide = 6;

// Image i is black but for one pixel of value i + 1 in the middle; its class is i % 2.
Dataset Dots(size_t size) {
  Dataset data{.channels = 1,
               .height = kSide,
               .width = kSide,
               .pixels = std::vector<uint8_t>(size * kSide * kSide),
               .labels = {},
               .class_names = {"even", "odd"},
               .source_name = "dots",
               .source_positions = {}};
  for (size_t i = 0; i < size; ++i) {
    data.pixels[i * kSide * kSide + 3 * kSide + 3] = static_cast<uint8_t>(i + 1);
    data.labels.push_back(i % 2);
    data.source_positions.push_back(i);
  }
  return data;
}

// Where the dot of image i is, as (x, y), and its value.
struct Dot {
  int x = -1, y = -1;
  uint8_t value = 0;
};
Dot FindDot(const Dataset& data, size_t i) {
  const auto image = data.image(i);
  const auto it = std::find_if(image.begin(), image.end(), [](uint8_t p) { return p != 0; });
  if (it == image.end()) return {};
  const int at = static_cast<int>(it - image.begin());
  return {at % static_cast<int>(kSide), at / static_cast<int>(kSide), *it};
}

class NoSamples : public SampleStore {
 public:
  uint64_t size() const override { return 0; }

 private:
  std::vector<absl::StatusOr<v1::SampleRecord>> Read(
      absl::Span<const uint64_t> indices) const override {
    return {indices.size(), absl::NotFoundError("no samples")};
  }
  absl::StatusOr<std::vector<uint64_t>> LookUp(const Sha256Digest&) const override {
    return std::vector<uint64_t>();
  }
};

// Reads the dot's value v and answers sample v - 1 at `rank` (never, when rank is top_k); half sure
// of everything when the dot is not in the middle.
class DotServable : public Servable {
 public:
  explicit DotServable(uint64_t samples) {
    manifest_.set_sample_count(samples);
    manifest_.add_class_names("even");
    manifest_.add_class_names("odd");
  }
  const v1::BundleManifest& manifest() const override { return manifest_; }
  const SampleStore& samples() const override { return no_samples_; }
  const std::string& device() const override { return device_; }
  const std::string& index_precision() const override { return precision_; }

  absl::StatusOr<std::vector<absl::StatusOr<Explanation>>> Explain(
      absl::Span<const ExplainQuery* const> queries) const override {
    std::vector<absl::StatusOr<Explanation>> answers;
    for (const ExplainQuery* query : queries) answers.push_back(Answer(*query));
    return answers;
  }

  // Rank at which a centred image finds itself, by its index; the same for a moved one.
  std::function<uint32_t(uint64_t)> centred_rank = [](uint64_t) { return 0; };
  std::function<uint32_t(uint64_t)> moved_rank = [](uint64_t) { return 0; };

 private:
  Explanation Answer(const ExplainQuery& query) const {
    const auto dot = std::max_element(query.input.begin(), query.input.end());
    const uint64_t own = static_cast<uint64_t>(*dot * 255 + 0.5F) - 1;
    const bool centred = dot - query.input.begin() == 3 * kSide + 3;
    const uint32_t rank = centred ? centred_rank(own) : moved_rank(own);
    Explanation answer;
    // Image 0 is always taken for the wrong class.
    answer.class_id = own == 0 ? 1 : own % 2;
    answer.label_agreement = 0.6F;
    for (uint32_t r = 0; r < query.top_k; ++r) {
      answer.provenance.push_back({.sample_index = r == rank ? own : 1'000'000 + r});
    }
    return answer;
  }

  v1::BundleManifest manifest_;
  NoSamples no_samples_;
  const std::string device_ = "cpu", precision_ = "fp32";
};

constexpr auto kNeverStop = [] { return false; };

TEST(ShiftedByTwoPixels, MovesEveryImageByTwoPixelsAlongAxesOrDiagonals) {
  const Dataset data = Dots(200);
  const Dataset shifted = ShiftedByTwoPixels(data, 1);
  ASSERT_EQ(shifted.size(), data.size());
  EXPECT_EQ(shifted.labels, data.labels);
  std::set<std::pair<int, int>> moves;
  for (size_t i = 0; i < data.size(); ++i) {
    const Dot dot = FindDot(shifted, i);
    EXPECT_EQ(dot.value, i + 1);
    moves.insert({dot.x - 3, dot.y - 3});
  }
  const std::set<std::pair<int, int>> all = {{2, 0}, {-2, 0}, {0, 2},  {0, -2},
                                             {2, 2}, {2, -2}, {-2, 2}, {-2, -2}};
  EXPECT_EQ(moves, all);
}

TEST(ShiftedByTwoPixels, SeedDecides) {
  const Dataset data = Dots(50);
  EXPECT_EQ(ShiftedByTwoPixels(data, 1).pixels, ShiftedByTwoPixels(data, 1).pixels);
  EXPECT_NE(ShiftedByTwoPixels(data, 1).pixels, ShiftedByTwoPixels(data, 2).pixels);
}

TEST(Evaluate, CountsRanksClassesAndAgreement) {
  const DatasetPair data{Dots(200), Dots(150)};
  DotServable servable(200);
  // Of 200: a quarter at rank 0, a quarter at rank 4, half nowhere.
  servable.centred_rank = [](uint64_t i) { return i < 50 ? 0 : i < 100 ? 4 : 9; };
  servable.moved_rank = [](uint64_t i) { return i < 20 ? 0 : i < 30 ? 1 : 9; };
  const auto metrics = Evaluate(servable, data, 1, kNeverStop);
  ASSERT_TRUE(metrics.ok()) << metrics.status();
  EXPECT_DOUBLE_EQ(metrics->test_accuracy(), 149.0 / 150);
  EXPECT_DOUBLE_EQ(metrics->index_top1(), 0.25);
  EXPECT_DOUBLE_EQ(metrics->index_top5(), 0.5);
  EXPECT_DOUBLE_EQ(metrics->index_top1_shift2(), 0.1);
  EXPECT_DOUBLE_EQ(metrics->index_top5_shift2(), 0.15);
  EXPECT_NEAR(metrics->label_agreement_top5(), 0.6, 1e-6);
}

TEST(Evaluate, AsksForNoMoreRanksThanThereAreSamples) {
  const DatasetPair data{Dots(3), Dots(3)};
  const auto metrics = Evaluate(DotServable(3), data, 1, kNeverStop);
  ASSERT_TRUE(metrics.ok()) << metrics.status();
  EXPECT_DOUBLE_EQ(metrics->index_top1(), 1);
}

TEST(Evaluate, StopsWhenAsked) {
  const DatasetPair data{Dots(3), Dots(3)};
  EXPECT_EQ(Evaluate(DotServable(3), data, 1, [] { return true; }).status().code(),
            absl::StatusCode::kCancelled);
}

TEST(Evaluate, RefusesABundleOfOtherSamples) {
  const DatasetPair data{Dots(3), Dots(3)};
  EXPECT_EQ(Evaluate(DotServable(4), data, 1, kNeverStop).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace provnet
