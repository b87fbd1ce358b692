#include "trainer/audit/bundle_samples.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "storage/base/file_io.h"
#include "storage/base/status_macros.h"
#include "storage/bundle_layout.h"
#include "storage/bundle_writer.h"
#include "storage/npy.h"
#include "storage/sample_store_builder.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace provnet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
namespace fs = std::filesystem;

bool Never() { return false; }

v1::SampleRecord Record(uint32_t label, std::string content) {
  v1::SampleRecord record;
  record.set_label(label);
  record.set_source_id("source#" + content);
  record.set_content_type("application/vnd.provnet.tensor");
  record.mutable_tensor_spec()->set_data_type(v1::DATA_TYPE_UINT8);
  for (const uint32_t extent : {1, 1, 2}) record.mutable_tensor_spec()->add_shape(extent);
  record.set_content(std::move(content));
  return record;
}

class BundleSamplesTest : public ::testing::Test {
 protected:
  absl::Status Publish(const std::vector<v1::SampleRecord>& records) {
    PROVNET_ASSIGN_OR_RETURN(const auto writer, BundleWriter::Create(folder_ / "digits"));
    const fs::path& staging = writer->staging_directory();
    PROVNET_RETURN_IF_ERROR(WriteFileDurably(staging / kModelFile, "a model"));
    PROVNET_ASSIGN_OR_RETURN(auto builder, SampleStoreBuilder::Create(staging / kSamplesFolder));
    for (const auto& record : records) PROVNET_RETURN_IF_ERROR(builder->Add(record));
    PROVNET_RETURN_IF_ERROR(builder->Finish());
    v1::BundleManifest manifest;
    manifest.mutable_input()->set_channels(1);
    manifest.mutable_input()->set_height(1);
    manifest.mutable_input()->set_width(2);
    manifest.add_class_names("a");
    manifest.add_class_names("b");
    manifest.set_sample_count(records.size());
    return writer->Publish(manifest).status();
  }
  fs::path bundle() const { return folder_ / "digits" / "1"; }

  const TempDir folder_;
};

TEST_F(BundleSamplesTest, ReadsEverySampleInOrder) {
  ASSERT_TRUE(Publish({Record(1, "ab"), Record(0, "cd"), Record(1, "ef")}).ok());
  const auto samples = ReadBundleSamples(bundle(), Never);
  ASSERT_TRUE(samples.ok()) << samples.status();
  EXPECT_THAT(samples->data.labels, ElementsAre(1, 0, 1));
  EXPECT_THAT(samples->data.pixels, ElementsAre('a', 'b', 'c', 'd', 'e', 'f'));
  EXPECT_THAT(samples->data.class_names, ElementsAre("a", "b"));
  EXPECT_THAT(samples->source_ids, ElementsAre("source#ab", "source#cd", "source#ef"));
  EXPECT_THAT(samples->sample_indices, ElementsAre(0, 1, 2));
  EXPECT_THAT(samples->damaged, IsEmpty());
  EXPECT_EQ(samples->damage, "");
  EXPECT_THAT(samples->digest, SizeIs(64));
}

TEST_F(BundleSamplesTest, SkipsSamplesThatAreNoneAndSaysWhich) {
  v1::SampleRecord other_shape = Record(0, "cdef");
  other_shape.mutable_tensor_spec()->set_shape(2, 4);
  ASSERT_TRUE(Publish({Record(1, "ab"), other_shape, Record(7, "gh"), Record(0, "ij")}).ok());
  const auto samples = ReadBundleSamples(bundle(), Never);
  ASSERT_TRUE(samples.ok()) << samples.status();
  EXPECT_THAT(samples->sample_indices, ElementsAre(0, 3));
  EXPECT_THAT(samples->data.labels, ElementsAre(1, 0));
  ASSERT_THAT(samples->damaged, SizeIs(2));
  EXPECT_EQ(samples->damaged[0].sample_index, 1U);
  EXPECT_THAT(samples->damaged[1].reason, HasSubstr("label 7"));
}

TEST_F(BundleSamplesTest, ADamagedFileIsReportedAndTheRestIsRead) {
  ASSERT_TRUE(Publish({Record(1, "ab"), Record(0, "cd")}).ok());
  fs::permissions(bundle() / kModelFile, fs::perms::owner_all);
  std::ofstream(bundle() / kModelFile) << "a nodel";
  const auto samples = ReadBundleSamples(bundle(), Never);
  ASSERT_TRUE(samples.ok()) << samples.status();
  EXPECT_THAT(samples->damage, HasSubstr("model.pt"));
  EXPECT_THAT(samples->data.labels, ElementsAre(1, 0));
}

TEST_F(BundleSamplesTest, ADamagedManifestOrAMissingFileIsFatal) {
  EXPECT_THAT(ReadBundleSamples(folder_ / "nowhere", Never),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("nowhere")));
  ASSERT_TRUE(Publish({Record(1, "ab"), Record(0, "cd")}).ok());
  fs::remove(bundle() / kModelFile);
  EXPECT_THAT(ReadBundleSamples(bundle(), Never),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("model.pt")));
  std::ofstream(bundle() / kManifestFile) << "{}";
  EXPECT_THAT(ReadBundleSamples(bundle(), Never),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("manifest.json")));
}

TEST_F(BundleSamplesTest, StopsWhenAsked) {
  ASSERT_TRUE(Publish({Record(1, "ab")}).ok());
  EXPECT_THAT(ReadBundleSamples(bundle(), [] { return true; }),
              StatusIs(absl::StatusCode::kCancelled, HasSubstr("samples")));
}

}  // namespace
}  // namespace provnet
