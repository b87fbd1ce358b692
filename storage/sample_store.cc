#include "storage/sample_store.h"

#include <rocksdb/db.h>

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/base/file_io.h"
#include "storage/base/status_macros.h"
#include "storage/keys.h"
#include "storage/rocksdb_status.h"
#include "storage/sample_store_format.h"

namespace provnet {
namespace {

constexpr size_t kBlockCacheBytes = size_t{64} << 20;

// An open database with its column families.
class Database {
 public:
  Database(std::unique_ptr<rocksdb::DB> db, std::vector<rocksdb::ColumnFamilyHandle*> families)
      : db_(std::move(db)), families_(std::move(families)) {}
  ~Database() {
    for (rocksdb::ColumnFamilyHandle* family : families_) db_->DestroyColumnFamilyHandle(family);
  }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  rocksdb::DB* operator->() const { return db_.get(); }
  rocksdb::ColumnFamilyHandle* family(SampleStoreFamily family) const { return families_[family]; }

 private:
  const std::unique_ptr<rocksdb::DB> db_;
  const std::vector<rocksdb::ColumnFamilyHandle*> families_;
};

absl::StatusOr<std::unique_ptr<const Database>> OpenDatabase(const std::string& directory) {
  std::vector<rocksdb::ColumnFamilyHandle*> families;
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status = rocksdb::DB::OpenForReadOnly(
      SampleStoreDbOptions(), directory, SampleStoreFamilies(kBlockCacheBytes), &families, &db);
  PROVNET_RETURN_IF_ERROR(FromRocksDb(status, RocksDbAccess::kRead, directory));
  return std::make_unique<const Database>(std::unique_ptr<rocksdb::DB>(db), std::move(families));
}

absl::StatusOr<v1::SampleStoreMeta> ReadMeta(const Database& database,
                                             const std::string& directory) {
  std::string bytes;
  const rocksdb::Status status =
      database->Get(rocksdb::ReadOptions(), database.family(kMeta), kStoreMetaKey, &bytes);
  v1::SampleStoreMeta meta;
  if (status.IsNotFound() || (status.ok() && !meta.ParseFromString(bytes))) {
    return absl::DataLossError(absl::StrCat(directory, ": the store has no readable meta record"));
  }
  PROVNET_RETURN_IF_ERROR(FromRocksDb(status, RocksDbAccess::kRead, directory));
  if (meta.format_version() != kSampleStoreFormatVersion) {
    return absl::DataLossError(absl::StrCat(directory, ": sample store of format version ",
                                            meta.format_version(), ", this build reads version ",
                                            kSampleStoreFormatVersion));
  }
  return meta;
}

class RocksDbSampleStore final : public SampleStore {
 public:
  RocksDbSampleStore(std::string directory, std::unique_ptr<const Database> database,
                     const v1::SampleStoreMeta& meta)
      : directory_(std::move(directory)), database_(std::move(database)), meta_(meta) {}

  uint64_t size() const override { return meta_.sample_count(); }

 private:
  std::vector<absl::StatusOr<v1::SampleRecord>> Read(
      absl::Span<const uint64_t> sample_indices) const override;
  absl::StatusOr<std::vector<uint64_t>> LookUp(const Sha256Digest& digest) const override;
  absl::StatusOr<v1::SampleRecord> ToRecord(uint64_t sample_index, const rocksdb::Status& status,
                                            const rocksdb::PinnableSlice& value) const;

  const std::string directory_;
  const std::unique_ptr<const Database> database_;
  const v1::SampleStoreMeta meta_;
};

std::vector<absl::StatusOr<v1::SampleRecord>> RocksDbSampleStore::Read(
    absl::Span<const uint64_t> sample_indices) const {
  std::vector<absl::StatusOr<v1::SampleRecord>> records(sample_indices.size());
  // Entry j of the batch answers entry positions[j] of the caller.
  std::vector<size_t> positions;
  std::vector<SampleKey> keys;
  positions.reserve(sample_indices.size());
  keys.reserve(sample_indices.size());
  for (size_t i = 0; i < sample_indices.size(); ++i) {
    if (sample_indices[i] >= size()) {
      records[i] = absl::NotFoundError(
          absl::StrCat("sample index ", sample_indices[i], ", expected less than ", size()));
      continue;
    }
    positions.push_back(i);
    keys.push_back(EncodeSampleKey(sample_indices[i]));
  }
  std::vector<rocksdb::Slice> slices;
  slices.reserve(keys.size());
  for (const SampleKey& key : keys) slices.emplace_back(key.data(), key.size());
  std::vector<rocksdb::PinnableSlice> values(keys.size());
  std::vector<rocksdb::Status> statuses(keys.size());
  (*database_)
      ->MultiGet(rocksdb::ReadOptions(), database_->family(kSamples), keys.size(), slices.data(),
                 values.data(), statuses.data());
  for (size_t j = 0; j < keys.size(); ++j) {
    const size_t i = positions[j];
    records[i] = ToRecord(sample_indices[i], statuses[j], values[j]);
  }
  return records;
}

absl::StatusOr<v1::SampleRecord> RocksDbSampleStore::ToRecord(
    uint64_t sample_index, const rocksdb::Status& status,
    const rocksdb::PinnableSlice& value) const {
  v1::SampleRecord record;
  if (status.ok() && record.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
    return record;
  }
  const std::string what = absl::StrCat("sample ", sample_index, " in ", directory_);
  if (status.ok()) return absl::DataLossError(absl::StrCat(what, ": the record does not parse"));
  if (status.IsNotFound()) return absl::DataLossError(absl::StrCat(what, ": missing"));
  return FromRocksDb(status, RocksDbAccess::kRead, what);
}

absl::StatusOr<std::vector<uint64_t>> RocksDbSampleStore::LookUp(const Sha256Digest& digest) const {
  const rocksdb::Slice key(reinterpret_cast<const char*>(digest.data()), digest.size());
  rocksdb::PinnableSlice value;
  const rocksdb::Status status =
      (*database_)->Get(rocksdb::ReadOptions(), database_->family(kByDigest), key, &value);
  if (status.IsNotFound()) return std::vector<uint64_t>();
  const std::string what = absl::StrCat("digest ", ToHex(digest), " in ", directory_);
  PROVNET_RETURN_IF_ERROR(FromRocksDb(status, RocksDbAccess::kRead, what));
  v1::SampleIndexList list;
  if (!list.ParseFromArray(value.data(), static_cast<int>(value.size())) ||
      !std::is_sorted(list.sample_index().begin(), list.sample_index().end()) ||
      list.sample_index().empty() || *list.sample_index().rbegin() >= size()) {
    return absl::DataLossError(absl::StrCat(what, ": the list of sample indices is damaged"));
  }
  return std::vector<uint64_t>(list.sample_index().begin(), list.sample_index().end());
}

}  // namespace

std::vector<absl::StatusOr<v1::SampleRecord>> SampleStore::MultiGet(
    absl::Span<const uint64_t> sample_indices) const {
  std::vector<absl::StatusOr<v1::SampleRecord>> records = Read(sample_indices);
  const auto damaged = std::count_if(records.begin(), records.end(), [](const auto& record) {
    return absl::IsDataLoss(record.status());
  });
  if (damaged > 0)
    damaged_reads_.fetch_add(static_cast<uint64_t>(damaged), std::memory_order_relaxed);
  return records;
}

absl::StatusOr<std::vector<uint64_t>> SampleStore::FindByDigest(const Sha256Digest& digest) const {
  absl::StatusOr<std::vector<uint64_t>> indices = LookUp(digest);
  if (absl::IsDataLoss(indices.status())) damaged_reads_.fetch_add(1, std::memory_order_relaxed);
  return indices;
}

absl::StatusOr<std::unique_ptr<const SampleStore>> SampleStore::OpenReadOnly(
    const std::filesystem::path& directory) {
  // RocksDB's first file; without it there is no database, and RocksDB's own words on that are
  // obscure.
  if (const absl::StatusOr<FileDescriptor> current = OpenForReading(directory / "CURRENT");
      !current.ok()) {
    return absl::Status(
        current.status().code(),
        absl::StrCat("no sample store at ", directory.string(), ": ", current.status().message()));
  }
  PROVNET_ASSIGN_OR_RETURN(std::unique_ptr<const Database> database,
                           OpenDatabase(directory.string()));
  PROVNET_ASSIGN_OR_RETURN(const v1::SampleStoreMeta meta, ReadMeta(*database, directory.string()));
  return std::make_unique<const RocksDbSampleStore>(directory.string(), std::move(database), meta);
}

}  // namespace provnet
