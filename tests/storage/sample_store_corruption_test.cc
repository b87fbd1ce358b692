#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <numeric>
#include <string>

#include "storage/keys.h"
#include "storage/sample_store.h"
#include "storage/sample_store_format.h"
#include "tests/storage/folder_snapshot.h"
#include "tests/storage/sample_fixtures.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace provnet {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

class SampleStoreCorruptionTest : public ::testing::Test {
 protected:
  SampleStoreCorruptionTest() {
    EXPECT_THAT(BuildStore(folder_, records_), IsOk());
    std::iota(all_.begin(), all_.end(), uint64_t{0});
  }

  // The file that holds the samples.
  fs::path LargestFile() const {
    fs::path largest;
    for (const auto& entry : fs::directory_iterator(folder_)) {
      if (largest.empty() || entry.file_size() > fs::file_size(largest)) largest = entry.path();
    }
    return largest;
  }

  // Writes into the finished store, which no program of ours does.
  void Tamper(SampleStoreFamily family, const rocksdb::Slice& key, const rocksdb::Slice* value) {
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* opened = nullptr;
    ASSERT_TRUE(rocksdb::DB::Open(SampleStoreDbOptions(), folder_.string(),
                                  SampleStoreFamilies(1 << 20), &handles, &opened)
                    .ok());
    const std::unique_ptr<rocksdb::DB> db(opened);
    const rocksdb::WriteOptions options;
    EXPECT_TRUE((value != nullptr ? db->Put(options, handles[family], key, *value)
                                  : db->Delete(options, handles[family], key))
                    .ok());
    for (rocksdb::ColumnFamilyHandle* handle : handles) db->DestroyColumnFamilyHandle(handle);
  }

  const TempDir dir_;
  const fs::path folder_ = dir_ / "samples";
  const std::vector<v1::SampleRecord> records_ = MakeSamples(200);
  std::vector<uint64_t> all_ = std::vector<uint64_t>(200);
};

TEST_F(SampleStoreCorruptionTest, AFlippedByteIsDataLossAndNeverAWrongSample) {
  const fs::path file = LargestFile();
  const size_t size = fs::file_size(file);
  size_t partly_damaged = 0;
  for (size_t position = 11; position < size; position += size / 50) {
    FlipByte(file, position);
    const auto store = SampleStore::OpenReadOnly(folder_);
    if (store.ok()) {
      const auto read = (*store)->MultiGet(all_);
      size_t lost = 0;
      for (size_t i = 0; i < read.size(); ++i) {
        if (read[i].ok()) {
          ASSERT_EQ(read[i]->SerializeAsString(), records_[i].SerializeAsString());
        } else {
          ++lost;
          EXPECT_THAT(read[i], StatusIs(absl::StatusCode::kDataLoss,
                                        HasSubstr("sample " + std::to_string(i))));
        }
      }
      partly_damaged += lost > 0 && lost < 20;
    } else {
      EXPECT_TRUE(absl::IsDataLoss(store.status())) << store.status();
    }
    FlipByte(file, position);
  }
  // Nearly all bytes of the file belong to blocks of samples.
  EXPECT_GT(partly_damaged, 40u);
}

TEST_F(SampleStoreCorruptionTest, AMissingOrTruncatedFileIsDataLoss) {
  const fs::path file = LargestFile();
  const std::string bytes = ReadFile(file).value();
  ASSERT_THAT(WriteFileDurably(file, absl::string_view(bytes).substr(0, bytes.size() / 2)), IsOk());
  EXPECT_THAT(SampleStore::OpenReadOnly(folder_),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr(folder_.string())));
  fs::remove(file);
  EXPECT_THAT(SampleStore::OpenReadOnly(folder_),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr(folder_.string())));
}

TEST_F(SampleStoreCorruptionTest, AnUnreadableManifestIsDataLoss) {
  ASSERT_THAT(WriteFileDurably(folder_ / "CURRENT", "nonsense"), IsOk());
  EXPECT_THAT(SampleStore::OpenReadOnly(folder_),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr(folder_.string())));
}

TEST_F(SampleStoreCorruptionTest, AStoreOfAnotherKindIsDataLoss) {
  const fs::path other = dir_ / "other";
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* opened = nullptr;
  ASSERT_TRUE(rocksdb::DB::Open(options, other.string(), &opened).ok());
  delete opened;
  EXPECT_THAT(SampleStore::OpenReadOnly(other),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr(other.string())));
}

TEST_F(SampleStoreCorruptionTest, AnotherFormatVersionIsDataLossWithBothNumbers) {
  v1::SampleStoreMeta meta;
  meta.set_format_version(7);
  const std::string bytes = meta.SerializeAsString();
  const rocksdb::Slice value(bytes);
  Tamper(kMeta, kStoreMetaKey, &value);
  EXPECT_THAT(
      SampleStore::OpenReadOnly(folder_),
      StatusIs(absl::StatusCode::kDataLoss, AllOf(HasSubstr("version 7"), HasSubstr("version 1"))));
  Tamper(kMeta, kStoreMetaKey, nullptr);
  EXPECT_THAT(SampleStore::OpenReadOnly(folder_),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("meta")));
}

TEST_F(SampleStoreCorruptionTest, ARecordThatIsMissingOrDoesNotParseHarmsNoOther) {
  const rocksdb::Slice nonsense("\xff\xff\xff");
  const SampleKey third = EncodeSampleKey(3), fifth = EncodeSampleKey(5);
  Tamper(kSamples, rocksdb::Slice(third.data(), third.size()), &nonsense);
  Tamper(kSamples, rocksdb::Slice(fifth.data(), fifth.size()), nullptr);
  const auto store = SampleStore::OpenReadOnly(folder_);
  ASSERT_THAT(store, IsOk());
  const auto read = (*store)->MultiGet({2, 3, 4, 5, 6});
  EXPECT_THAT(read[0], IsOk());
  EXPECT_THAT(read[1], StatusIs(absl::StatusCode::kDataLoss, HasSubstr("sample 3")));
  EXPECT_THAT(read[2], IsOk());
  EXPECT_THAT(read[3], StatusIs(absl::StatusCode::kDataLoss, HasSubstr("sample 5")));
  EXPECT_THAT(read[4], IsOk());
}

TEST_F(SampleStoreCorruptionTest, ADigestThatPointsNowhereIsDataLoss) {
  v1::SampleIndexList list;
  list.add_sample_index(200);
  const std::string bytes = list.SerializeAsString();
  const rocksdb::Slice value(bytes);
  const Sha256Digest digest = Sha256Of("forged");
  Tamper(kByDigest, rocksdb::Slice(reinterpret_cast<const char*>(digest.data()), digest.size()),
         &value);
  const auto store = SampleStore::OpenReadOnly(folder_);
  ASSERT_THAT(store, IsOk());
  EXPECT_THAT((*store)->FindByDigest(digest),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr(ToHex(digest))));
}

}  // namespace
}  // namespace provnet
