#include "storage/golden_answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "storage/base/file_io.h"
#include "storage/bundle_layout.h"
#include "storage/store_snapshot.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace provnet {
namespace {

using ::testing::HasSubstr;

v1::GoldenAnswers SomeAnswers() {
  v1::GoldenAnswers golden;
  v1::GoldenAnswer& answer = *golden.add_answers();
  answer.set_pixels(std::string("\x00\xff\x80\x01", 4));
  answer.set_class_id(1);
  answer.set_class_probability(0.75F);
  answer.add_exemplars()->set_sample_index(7);
  answer.mutable_exemplars(0)->set_score(0.123456789F);
  golden.mutable_tolerance()->set_class_probability(0.01F);
  golden.mutable_tolerance()->set_log_score(0.1F);
  return golden;
}

TEST(GoldenAnswersTest, ComeBackToTheLastBit) {
  const TempDir bundle;
  ASSERT_THAT(WriteGoldenAnswers(bundle.path(), SomeAnswers()), IsOk());
  const auto read = ReadGoldenAnswers(bundle.path());
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->SerializeAsString(), SomeAnswers().SerializeAsString());
}

TEST(GoldenAnswersTest, WhatMakesNoSenseIsNotWritten) {
  const TempDir bundle;
  v1::GoldenAnswers none = SomeAnswers();
  none.clear_answers();
  EXPECT_THAT(WriteGoldenAnswers(bundle.path(), none),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("answers is empty")));
  v1::GoldenAnswers nan = SomeAnswers();
  nan.mutable_answers(0)->set_class_probability(std::numeric_limits<float>::quiet_NaN());
  EXPECT_THAT(WriteGoldenAnswers(bundle.path(), nan),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("class_probability")));
  v1::GoldenAnswers loose = SomeAnswers();
  loose.mutable_tolerance()->set_log_score(0);
  EXPECT_THAT(WriteGoldenAnswers(bundle.path(), loose),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("tolerance")));
}

TEST(GoldenAnswersTest, ADamagedFileIsNamed) {
  const TempDir bundle;
  EXPECT_EQ(ReadGoldenAnswers(bundle.path()).status().code(), absl::StatusCode::kNotFound);
  ASSERT_THAT(WriteFileDurably(bundle / kGoldenFile, "{\"answers\": 5}"), IsOk());
  EXPECT_THAT(ReadGoldenAnswers(bundle.path()),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr(kGoldenFile)));
}

v1::BundleManifest ManifestOf(const std::string& path, const std::string& digest) {
  v1::BundleManifest manifest;
  v1::FileEntry& file = *manifest.add_files();
  file.set_path(path);
  file.set_sha256(digest);
  return manifest;
}

TEST(StoreSnapshotTest, NamesTheFilesOfTheStoreAndNoOthers) {
  const std::string id = StoreSnapshotId(ManifestOf("samples/000009.sst", "aa"));
  EXPECT_EQ(id.size(), 16);
  EXPECT_NE(StoreSnapshotId(ManifestOf("samples/000009.sst", "bb")), id);
  EXPECT_NE(StoreSnapshotId(ManifestOf("samples/000010.sst", "aa")), id);
  v1::BundleManifest more = ManifestOf("model.pt", "cc");
  *more.add_files() = ManifestOf("samples/000009.sst", "aa").files(0);
  EXPECT_EQ(StoreSnapshotId(more), id);
}

}  // namespace
}  // namespace provnet
