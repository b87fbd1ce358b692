#include "trainer/export/training_data.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "tests/testing/status_matchers.h"

namespace provnet {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

v1::TrainingConfig Config() {
  v1::TrainingConfig config;
  config.set_dataset("glyphs:600");
  config.set_subset_fraction(0.5);
  config.set_seed(3);
  return config;
}

uint64_t Differences(const std::vector<uint32_t>& a, const std::vector<uint32_t>& b) {
  EXPECT_EQ(a.size(), b.size());
  uint64_t count = 0;
  for (size_t i = 0; i < a.size(); ++i) count += a[i] != b[i];
  return count;
}

TEST(TrainingDataTest, HasTrueLabelsWithoutFaults) {
  const auto loaded = LoadTrainingData(Config());
  ASSERT_THAT(loaded, IsOk());
  EXPECT_EQ(loaded->data.train.size(), 300U);
  EXPECT_EQ(loaded->true_labels, loaded->data.train.labels);
  EXPECT_TRUE(loaded->duplicates.empty());
}

TEST(TrainingDataTest, InjectsFaultsIntoTrainingSamplesOnlyAndRemembersTheTruth) {
  const auto clean = LoadTrainingData(Config());
  ASSERT_THAT(clean, IsOk());
  v1::TrainingConfig config = Config();
  config.set_near_duplicates(20);
  config.set_label_noise("symmetric:0.25");
  const auto faulty = LoadTrainingData(config);
  ASSERT_THAT(faulty, IsOk());
  const Dataset& samples = faulty->data.train;
  ASSERT_EQ(samples.size(), 320U);
  EXPECT_EQ(faulty->duplicates.size(), 20U);
  EXPECT_EQ(Differences(samples.labels, faulty->true_labels), 80U);
  for (size_t i = 0; i < 300; ++i) {
    ASSERT_EQ(faulty->true_labels[i], clean->data.train.labels[i]) << i;
  }
  for (const InjectedDuplicate& duplicate : faulty->duplicates) {
    EXPECT_EQ(faulty->true_labels[duplicate.copy], faulty->true_labels[duplicate.original]);
  }
  EXPECT_EQ(faulty->data.test.labels, clean->data.test.labels);
  EXPECT_EQ(faulty->data.test.pixels, clean->data.test.pixels);
}

TEST(TrainingDataTest, IsTheSameEachTime) {
  v1::TrainingConfig config = Config();
  config.set_near_duplicates(9);
  config.set_label_noise("asymmetric:0.1");
  const auto once = LoadTrainingData(config), twice = LoadTrainingData(config);
  ASSERT_THAT(once, IsOk());
  ASSERT_THAT(twice, IsOk());
  EXPECT_EQ(once->data.train.labels, twice->data.train.labels);
  EXPECT_EQ(once->data.train.pixels, twice->data.train.pixels);
}

std::set<std::string> Images(const Dataset& data) {
  std::set<std::string> images;
  for (size_t i = 0; i < data.size(); ++i)
    images.emplace(data.image(i).begin(), data.image(i).end());
  return images;
}

TEST(TrainingDataTest, TakesAMembershipReferenceFromWhatTheSubsetLeavesOver) {
  v1::TrainingConfig config = Config();
  config.set_dataset("glyphs:3000");
  const auto without = LoadTrainingData(config);
  ASSERT_THAT(without, IsOk());
  EXPECT_EQ(without->non_members.size(), 0U) << "an older manifest names no reference";
  config.set_membership_reference("auto");
  config.set_near_duplicates(50);
  const auto with = LoadTrainingData(config);
  ASSERT_THAT(with, IsOk());
  EXPECT_EQ(with->non_members.size(), 1500U);
  EXPECT_EQ(with->data.train.size(), 1550U) << "the samples are those of a fit without";
  EXPECT_TRUE(std::equal(without->data.train.labels.begin(), without->data.train.labels.end(),
                         with->data.train.labels.begin()));
  const std::set<std::string> samples = Images(with->data.train);
  for (const std::string& image : Images(with->non_members)) EXPECT_FALSE(samples.contains(image));
}

TEST(TrainingDataTest, HasNoReferenceWhereTooLittleIsLeftOver) {
  v1::TrainingConfig config = Config();
  config.set_membership_reference("auto");
  config.set_dataset("glyphs:1900");
  EXPECT_EQ(LoadTrainingData(config)->non_members.size(), 0U);
}

TEST(TrainingDataTest, HoldsOutAsManyAsAreNamedBeforeTheSubsetIsDrawn) {
  v1::TrainingConfig config = Config();
  config.set_membership_reference("200");
  const auto loaded = LoadTrainingData(config);
  ASSERT_THAT(loaded, IsOk());
  EXPECT_EQ(loaded->non_members.size(), 200U);
  EXPECT_EQ(loaded->data.train.size(), 200U) << "half of the other 400";
  std::vector<int> counts(10);
  for (const uint32_t label : loaded->non_members.labels) ++counts[label];
  EXPECT_THAT(counts, ::testing::Each(20));
  const std::set<std::string> samples = Images(loaded->data.train);
  for (const std::string& image : Images(loaded->non_members))
    EXPECT_FALSE(samples.contains(image));
}

TEST(TrainingDataTest, RefusesASubsetThatLeavesAClassASingleSample) {
  v1::TrainingConfig config = Config();
  config.set_subset_fraction(10.0 / 600);
  EXPECT_THAT(LoadTrainingData(config),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("1 of the 60 samples of class 0"), HasSubstr("--subset"))));
  config.set_subset_fraction(20.0 / 600);
  EXPECT_THAT(LoadTrainingData(config), IsOk());
}

TEST(TrainingDataTest, PassesOnWhatIsWrong) {
  v1::TrainingConfig config = Config();
  config.set_near_duplicates(301);
  EXPECT_THAT(LoadTrainingData(config),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("301")));
  config = Config();
  config.set_label_noise("symmetric:2");
  EXPECT_THAT(LoadTrainingData(config),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("symmetric:2")));
  config = Config();
  config.set_membership_reference("600");
  EXPECT_THAT(LoadTrainingData(config),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("leaves nothing")));
}

}  // namespace
}  // namespace provnet
