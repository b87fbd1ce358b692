#include "trainer/data/dataset_checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace provnet {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

DatasetPair Valid() {
  const Dataset train{.channels = 1,
                      .height = 2,
                      .width = 1,
                      .pixels = {1, 2, 3, 4, 5, 6},
                      .labels = {0, 1, 0},
                      .class_names = {"cat", "dog"},
                      .source_name = "train",
                      .source_positions = {0, 1, 2}};
  const Dataset test{.channels = 1,
                     .height = 2,
                     .width = 1,
                     .pixels = {7, 8},
                     .labels = {1},
                     .class_names = {"cat", "dog"},
                     .source_name = "test",
                     .source_positions = {0}};
  return {train, test};
}

TEST(ValidateDatasetTest, AcceptsAConsistentPair) {
  EXPECT_TRUE(ValidateDataset(Valid()).ok()) << ValidateDataset(Valid());
}

TEST(ValidateDatasetTest, NamesWhatIsInconsistent) {
  struct Row {
    std::function<void(DatasetPair&)> spoil;
    const char* message;
  };
  const Row rows[] = {
      {[](auto& d) { d.train = Dataset(); }, "training part has no samples"},
      {[](auto& d) { d.test = Dataset(); }, "test part has no samples"},
      {[](auto& d) { d.train.pixels.pop_back(); }, "has 5 bytes of pixels; expected 3 images"},
      {[](auto& d) { d.train.width = 0; }, "expected 3 images of 0x2"},
      {[](auto& d) { d.train.width = 2; }, "expected 3 images of 2x2"},
      {[](auto& d) { d.train.channels = 0; }, "0 channel(s)"},
      {[](auto& d) { d.test.source_positions.clear(); }, "0 source positions for 1 samples"},
      {[](auto& d) { d.train.source_names = {"a"}; }, "1 source names for 3 samples"},
      {[](auto& d) { d.train.encoded.resize(2); }, "2 encoded files for 3 samples"},
      {[](auto& d) { d.test.class_names.clear(); }, "test part has 0 classes"},
      {[](auto& d) { d.train.class_names.resize(65'536); }, "has 65536 classes"},
      {[](auto& d) { d.train.labels[2] = 2; }, "labels sample 2 with class 2"},
      {[](auto& d) { d.train.labels[1] = 0; }, "class dog has no training sample"},
      {[](auto& d) { d.test.class_names[0] = "cow"; }, "class names differ"},
      {[](auto& d) { std::swap(d.test.height, d.test.width); }, "must have one size"},
  };
  for (const Row& row : rows) {
    DatasetPair data = Valid();
    row.spoil(data);
    const absl::Status status = ValidateDataset(data);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << row.message;
    EXPECT_THAT(status.ToString(), HasSubstr(row.message));
  }
}

TEST(FingerprintTest, HashesLabelsThenPixels) {
  Dataset dataset;
  dataset.labels = {0x00636261};  // "abc\0"
  dataset.pixels = {'d', 'e', 'f'};
  // printf 'abc\0def' | sha256sum
  EXPECT_EQ(Fingerprint(dataset),
            "516a5e926ce20c5f4d80f00e1a01abdf14986def6588d6abeed9fce090bc660c");
}

TEST(FingerprintTest, ChangesWithAnyLabelOrPixelAndNothingElse) {
  const Dataset dataset = Valid().train;
  const std::string original = Fingerprint(dataset);
  EXPECT_THAT(original, MatchesRegex("[0-9a-f]{64}"));
  Dataset changed = dataset;
  changed.pixels[5] ^= 1;
  EXPECT_NE(Fingerprint(changed), original);
  changed = dataset;
  changed.labels[0] = 1;
  EXPECT_NE(Fingerprint(changed), original);
  changed = dataset;
  changed.source_name = "elsewhere";
  changed.source_names = {"a.png", "b.png", "c.png"};
  changed.encoded.assign(3, std::make_shared<const std::string>("file"));
  EXPECT_EQ(Fingerprint(changed), original);
}

}  // namespace
}  // namespace provnet
