#include "storage/sample_store.h"

#include <gtest/gtest.h>

#include <numeric>
#include <set>
#include <string>
#include <thread>

#include "tests/storage/folder_snapshot.h"
#include "tests/storage/sample_fixtures.h"
#include "tests/storage/unprivileged_scope.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace provnet {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<uint64_t> Range(uint64_t count) {
  std::vector<uint64_t> indices(count);
  std::iota(indices.begin(), indices.end(), uint64_t{0});
  return indices;
}

void ExpectHolds(const SampleStore& store, const std::vector<v1::SampleRecord>& records) {
  ASSERT_EQ(store.size(), records.size());
  const auto read = store.MultiGet(Range(records.size()));
  ASSERT_EQ(read.size(), records.size());
  for (size_t i = 0; i < records.size(); ++i) {
    ASSERT_THAT(read[i], IsOk()) << i;
    ASSERT_TRUE(read[i]->SerializeAsString() == records[i].SerializeAsString()) << i;
  }
}

class SampleStoreTest : public ::testing::Test {
 protected:
  std::unique_ptr<const SampleStore> BuildAndOpen(const std::vector<v1::SampleRecord>& records,
                                                  const SampleStoreBuilderOptions& options = {}) {
    EXPECT_THAT(BuildStore(folder_, records, options), IsOk());
    auto store = SampleStore::OpenReadOnly(folder_);
    EXPECT_THAT(store, IsOk());
    return store.ok() ? std::move(*store) : nullptr;
  }

  const TempDir dir_;
  const fs::path folder_ = dir_ / "samples";
};

TEST_F(SampleStoreTest, Returns18000RecordsByteForByte) {
  const auto records = MakeSamples(18000);
  const auto store = BuildAndOpen(records);
  ASSERT_NE(store, nullptr);
  ExpectHolds(*store, records);
}

TEST_F(SampleStoreTest, SpreadsOverManyFiles) {
  const auto records = MakeSamples(500);
  const auto store = BuildAndOpen(records, {.max_sst_bytes = 16 << 10});
  ASSERT_NE(store, nullptr);
  size_t files = 0;
  for (const auto& entry : fs::directory_iterator(folder_)) {
    files += entry.path().extension() == ".sst";
  }
  EXPECT_GT(files, 20u);
  ExpectHolds(*store, records);
  for (uint64_t i = 0; i < records.size(); ++i) {
    const auto found = store->FindByDigest(Sha256Of(records[i].content()));
    ASSERT_THAT(found, IsOk());
    EXPECT_THAT(*found, ElementsAre(i));
  }
}

TEST_F(SampleStoreTest, KeepsEncodedImagesAndTensorsOfEveryKind) {
  std::vector<v1::SampleRecord> records(3);
  records[0].set_content_type("image/png");
  records[0].set_content(std::string("\x89PNG\0\xff", 6));
  records[1].set_content_type("image/jpeg");
  records[1].set_content(std::string(3 << 20, '\xff'));
  records[2].set_content_type(kTensorContentType);
  records[2].set_content(std::string(24, '\1'));
  records[2].mutable_tensor_spec()->set_data_type(v1::DATA_TYPE_FLOAT32);
  records[2].mutable_tensor_spec()->add_shape(2);
  records[2].mutable_tensor_spec()->add_shape(3);
  const auto store = BuildAndOpen(records);
  ASSERT_NE(store, nullptr);
  ExpectHolds(*store, records);
}

TEST_F(SampleStoreTest, AnswersEveryEntryOfABatchInPlace) {
  const auto records = MakeSamples(100);
  const auto store = BuildAndOpen(records);
  ASSERT_NE(store, nullptr);
  const std::vector<uint64_t> indices = {99, 7, 100, 7, 0, UINT64_MAX, 99, 7};
  const auto read = store->MultiGet(indices);
  ASSERT_EQ(read.size(), indices.size());
  for (size_t i = 0; i < indices.size(); ++i) {
    if (indices[i] < 100) {
      ASSERT_THAT(read[i], IsOk());
      EXPECT_EQ(read[i]->source_id(), records[indices[i]].source_id());
    } else {
      EXPECT_THAT(read[i],
                  StatusIs(absl::StatusCode::kNotFound, AllOf(HasSubstr(std::to_string(indices[i])),
                                                              HasSubstr("less than 100"))));
    }
  }
  EXPECT_THAT(store->MultiGet({}), IsEmpty());
}

TEST_F(SampleStoreTest, AnswersThreadsAtTheSameTime) {
  const auto records = MakeSamples(300);
  const auto store = BuildAndOpen(records);
  ASSERT_NE(store, nullptr);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int round = 0; round < 5; ++round) ExpectHolds(*store, records);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(SampleStoreTest, FindsAllSamplesWithTheSameContent) {
  auto records = MakeSamples(20);
  records[13].set_content(records[4].content());
  records[17].set_content(records[4].content());
  const auto store = BuildAndOpen(records);
  ASSERT_NE(store, nullptr);
  const auto duplicates = store->FindByDigest(Sha256Of(records[4].content()));
  ASSERT_THAT(duplicates, IsOk());
  EXPECT_THAT(*duplicates, ElementsAre(4, 13, 17));
  const auto unique = store->FindByDigest(Sha256Of(records[5].content()));
  ASSERT_THAT(unique, IsOk());
  EXPECT_THAT(*unique, ElementsAre(5));
  const auto none = store->FindByDigest(Sha256Of("never added"));
  ASSERT_THAT(none, IsOk());
  EXPECT_THAT(*none, IsEmpty());
}

TEST_F(SampleStoreTest, CanBeEmpty) {
  const auto store = BuildAndOpen({});
  ASSERT_NE(store, nullptr);
  EXPECT_EQ(store->size(), 0u);
  EXPECT_THAT(store->MultiGet({0})[0], StatusIs(absl::StatusCode::kNotFound, HasSubstr("0")));
}

TEST_F(SampleStoreTest, ReadingLeavesTheFolderUntouched) {
  const auto records = MakeSamples(50);
  ASSERT_THAT(BuildStore(folder_, records), IsOk());
  const FolderSnapshot before = TakeSnapshot(folder_);
  for (const char* name : {"LOG", "LOG.old", "LOCK", "building"}) {
    EXPECT_FALSE(before.contains((folder_ / name).string())) << name;
  }
  {
    const auto store = SampleStore::OpenReadOnly(folder_);
    const auto second = SampleStore::OpenReadOnly(folder_);
    ASSERT_THAT(store, IsOk());
    ASSERT_THAT(second, IsOk());
    ExpectHolds(**store, records);
    ExpectHolds(**second, records);
    EXPECT_THAT((*store)->FindByDigest(Sha256Of(records[0].content())), IsOk());
  }
  EXPECT_EQ(TakeSnapshot(folder_), before);
}

TEST_F(SampleStoreTest, OpensWhereNothingMayBeWritten) {
  const auto records = MakeSamples(5);
  ASSERT_THAT(BuildStore(folder_, records), IsOk());
  for (const auto& entry : fs::directory_iterator(folder_)) {
    fs::permissions(entry.path(), fs::perms(0444));
  }
  fs::permissions(folder_, fs::perms(0555));
  fs::permissions(dir_.path(), fs::perms(0555));
  {
    const UnprivilegedScope unprivileged;
    const auto store = SampleStore::OpenReadOnly(folder_);
    ASSERT_THAT(store, IsOk());
    ExpectHolds(**store, records);
  }
  fs::permissions(dir_.path(), fs::perms(0755));
  fs::permissions(folder_, fs::perms(0755));
}

TEST_F(SampleStoreTest, NamesAFolderWithoutAStore) {
  EXPECT_THAT(SampleStore::OpenReadOnly(folder_),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr(folder_.string())));
  fs::create_directory(folder_);
  EXPECT_THAT(SampleStore::OpenReadOnly(folder_),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr(folder_.string())));
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(SampleStoreTest, RefusesRecordsThatContradictThemselves) {
  const v1::SampleRecord good = MakeSample(1, 4);
  const struct {
    const char* name;
    void (*spoil)(v1::SampleRecord&);
  } kTable[] = {
      {"no content", [](v1::SampleRecord& r) { r.clear_content(); }},
      {"no spec", [](v1::SampleRecord& r) { r.clear_tensor_spec(); }},
      {"no shape", [](v1::SampleRecord& r) { r.mutable_tensor_spec()->clear_shape(); }},
      {"zero extent", [](v1::SampleRecord& r) { r.mutable_tensor_spec()->set_shape(0, 0); }},
      {"longer", [](v1::SampleRecord& r) { r.mutable_content()->push_back('x'); }},
      {"shorter", [](v1::SampleRecord& r) { r.mutable_content()->pop_back(); }},
      {"float",
       [](v1::SampleRecord& r) { r.mutable_tensor_spec()->set_data_type(v1::DATA_TYPE_FLOAT32); }},
      {"no type", [](v1::SampleRecord& r) { r.mutable_tensor_spec()->clear_data_type(); }},
      {"overflow",
       [](v1::SampleRecord& r) {
         for (int i = 0; i < 3; ++i) r.mutable_tensor_spec()->set_shape(i, 1u << 31);
         for (int i = 0; i < 8; ++i) r.mutable_tensor_spec()->add_shape(1u << 31);
       }},
      {"spec on an image", [](v1::SampleRecord& r) { r.set_content_type("image/png"); }},
  };
  const auto builder = SampleStoreBuilder::Create(folder_);
  ASSERT_THAT(builder, IsOk());
  for (const auto& row : kTable) {
    v1::SampleRecord bad = good;
    row.spoil(bad);
    EXPECT_THAT((*builder)->Add(bad),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("sample 0 (test#1)")))
        << row.name;
  }
  EXPECT_THAT((*builder)->Add(good), IsOk());
  EXPECT_THAT((*builder)->Finish(), IsOk());
  EXPECT_EQ(SampleStore::OpenReadOnly(folder_).value()->size(), 1u);
}

TEST_F(SampleStoreTest, BuilderIsUsedOnce) {
  const auto builder = SampleStoreBuilder::Create(folder_);
  ASSERT_THAT(builder, IsOk());
  ASSERT_THAT((*builder)->Finish(), IsOk());
  EXPECT_TRUE(absl::IsFailedPrecondition((*builder)->Finish()));
  EXPECT_TRUE(absl::IsFailedPrecondition((*builder)->Add(MakeSample(0))));
}

TEST_F(SampleStoreTest, BuilderNeedsANewFolderInAnExistingOne) {
  fs::create_directory(folder_);
  EXPECT_THAT(SampleStoreBuilder::Create(folder_),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr(folder_.string())));
  EXPECT_THAT(SampleStoreBuilder::Create(dir_ / "absent/samples"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("absent/samples")));
  fs::permissions(dir_.path(), fs::perms(0555));
  const UnprivilegedScope unprivileged;
  EXPECT_THAT(SampleStoreBuilder::Create(dir_ / "new"),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr((dir_ / "new").string())));
}

}  // namespace
}  // namespace provnet
