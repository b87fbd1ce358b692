#include "trainer/training/batch_source.h"

#include <gmock/gmock.h>
#include <torch/torch.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <set>

#include "tests/trainer/training/small_data.h"

namespace provnet {
namespace {

constexpr AugmentOptions kNoAugmentation{
    .rotation_degrees = 0, .translation_pixels = 0, .scale = 0, .noise_probability = 0};

IndexTargets TargetsOf(const Dataset& data, double alpha = 0) {
  return IndexTargets(data.labels, 3,
                      alpha > 0 ? v1::HEAD_TYPE_SINGLE_BRANCH : v1::HEAD_TYPE_CLASS_CONDITIONAL,
                      alpha);
}

// The image of `data` that row `i` of `batch` shows, or -1.
int64_t FindImage(const Dataset& data, const at::Tensor& batch, int64_t i) {
  const at::Tensor bytes = (batch[i] * 255).round().to(at::kByte).contiguous();
  for (size_t image = 0; image < data.size(); ++image) {
    if (std::memcmp(bytes.data_ptr(), data.image(image).data(), data.image_bytes()) == 0) {
      return static_cast<int64_t>(image);
    }
  }
  return -1;
}

TEST(ImagesToTensor, DividesBy255AndKeepsPlaces) {
  const Dataset data = SmallData(4);
  const uint64_t samples[] = {3, 1};
  const at::Tensor images = ImagesToTensor(data, samples);
  EXPECT_EQ(images.sizes(), (std::vector<int64_t>{2, 1, 8, 8}));
  EXPECT_FLOAT_EQ(images[0][0][2][5].item<float>(), data.image(3)[21] / 255.0F);
  EXPECT_FLOAT_EQ(images[1][0][7][7].item<float>(), data.image(1)[63] / 255.0F);
}

TEST(BatchSource, TheRanksPartsAreTheBatchesOfOneProcess) {
  const Dataset data = SmallData(23);
  const IndexTargets targets = TargetsOf(data, /*alpha=*/0.5);
  constexpr uint32_t kRanks = 3;
  BatchSource whole(data, targets, 8, {}, 1);
  std::vector<BatchSource> parts;
  for (uint32_t rank = 0; rank < kRanks; ++rank) {
    parts.emplace_back(data, targets, 8, AugmentOptions{}, 1, RankOf{rank, kRanks});
  }
  for (const uint64_t epoch : {0, 1}) {
    whole.StartEpoch(epoch);
    for (BatchSource& part : parts) part.StartEpoch(epoch);
    for (uint64_t b = 0; b < whole.batches_per_epoch(); ++b) {
      const TrainingBatch expected = whole.Batch(b);
      std::vector<at::Tensor> clean, augmented, labels, batch_targets;
      for (const BatchSource& part : parts) {
        const TrainingBatch batch = part.Batch(b);
        clean.push_back(batch.clean);
        augmented.push_back(batch.augmented);
        labels.push_back(batch.labels);
        batch_targets.push_back(batch.targets);
        EXPECT_EQ(batch.whole, expected.labels.size(0));
        EXPECT_TRUE(at::equal(batch.whole_labels, expected.labels));
        EXPECT_TRUE(at::equal(batch.whole_targets, expected.targets));
        EXPECT_TRUE(at::equal(batch.whole_candidates, expected.candidates));
      }
      EXPECT_TRUE(at::equal(at::cat(clean), expected.clean));
      EXPECT_TRUE(at::equal(at::cat(augmented), expected.augmented));
      EXPECT_TRUE(at::equal(at::cat(labels), expected.labels));
      EXPECT_TRUE(at::equal(at::cat(batch_targets), expected.targets));
    }
  }
}

TEST(BatchSource, AnEpochHoldsEverySampleOnceInBatchesOfAlmostOneSize) {
  const Dataset data = SmallData(23);
  const IndexTargets targets = TargetsOf(data);
  BatchSource source(data, targets, 5, {}, 1);
  ASSERT_EQ(source.batches_per_epoch(), 5U);
  std::multiset<int64_t> seen;
  for (uint64_t b = 0; b < source.batches_per_epoch(); ++b) {
    const TrainingBatch batch = source.Batch(b);
    EXPECT_THAT(batch.labels.size(0), ::testing::AnyOf(4, 5));
    EXPECT_EQ(batch.augmented.sizes(), batch.clean.sizes());
    for (int64_t i = 0; i < batch.labels.size(0); ++i) {
      seen.insert(FindImage(data, batch.clean, i));
    }
  }
  EXPECT_EQ(seen.size(), 23U);
  EXPECT_EQ(std::set<int64_t>(seen.begin(), seen.end()).size(), 23U);
  EXPECT_EQ(seen.count(-1), 0U);
}

TEST(BatchSource, TargetsBelongToTheirImages) {
  const Dataset data = SmallData(11);
  const IndexTargets targets = TargetsOf(data);
  BatchSource source(data, targets, 11, {}, 1);
  const TrainingBatch batch = source.Batch(0);
  for (int64_t i = 0; i < 11; ++i) {
    const int64_t image = FindImage(data, batch.clean, i);
    ASSERT_GE(image, 0);
    EXPECT_EQ(batch.labels[i].item<int64_t>(), data.labels[image]);
    EXPECT_EQ(batch.targets[i].item<int64_t>(), targets.Column(image, 0));
    EXPECT_EQ(batch.candidates[i].item<int64_t>(), targets.Candidates(image));
  }
}

TEST(BatchSource, MixedTargetsAreDrawnAnewInEveryEpoch) {
  const Dataset data = SmallData(30);
  const IndexTargets targets = TargetsOf(data, 1);
  BatchSource source(data, targets, 30, {}, 1);
  std::map<int64_t, std::set<int64_t>> seen;
  for (uint64_t epoch = 0; epoch < 5; ++epoch) {
    source.StartEpoch(epoch);
    const TrainingBatch batch = source.Batch(0);
    for (int64_t i = 0; i < 30; ++i) {
      const int64_t target = batch.targets[i].item<int64_t>();
      EXPECT_EQ(data.labels[target], batch.labels[i].item<int64_t>());
      seen[FindImage(data, batch.clean, i)].insert(target);
    }
  }
  for (const auto& [image, of_image] : seen) EXPECT_GT(of_image.size(), 1U) << image;
}

TEST(BatchSource, ViewsFollowTheAugmentation) {
  const Dataset data = SmallData(9);
  const IndexTargets targets = TargetsOf(data);
  const TrainingBatch same = BatchSource(data, targets, 9, kNoAugmentation, 1).Batch(0);
  EXPECT_TRUE(at::allclose(same.augmented, same.clean));
  const TrainingBatch views = BatchSource(data, targets, 9, {}, 1).Batch(0);
  EXPECT_FALSE(at::allclose(views.augmented, views.clean, 0, 0.1));
}

TEST(BatchSource, SeedAndEpochAloneDecideABatch) {
  const Dataset data = SmallData(20);
  const IndexTargets targets = TargetsOf(data);
  BatchSource one(data, targets, 8, {}, 7), two(data, targets, 8, {}, 7),
      other(data, targets, 8, {}, 8);
  one.StartEpoch(3);
  one.StartEpoch(5);
  two.StartEpoch(5);
  other.StartEpoch(5);
  const TrainingBatch a = one.Batch(1), b = two.Batch(1), c = other.Batch(1);
  EXPECT_TRUE(at::equal(a.clean, b.clean));
  EXPECT_TRUE(at::equal(a.augmented, b.augmented));
  EXPECT_FALSE(at::equal(a.clean, c.clean));
  two.StartEpoch(6);
  EXPECT_FALSE(at::equal(a.clean, two.Batch(1).clean));
}

}  // namespace
}  // namespace provnet
