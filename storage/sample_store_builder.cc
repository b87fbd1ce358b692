#include "storage/sample_store_builder.h"

#include <rocksdb/db.h>
#include <rocksdb/sst_file_writer.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/base/file_io.h"
#include "storage/base/status_macros.h"
#include "storage/keys.h"
#include "storage/rocksdb_status.h"
#include "storage/sample_record_check.h"
#include "storage/sample_store_format.h"
#include "storage/sha256.h"

namespace provnet {
namespace {

namespace fs = std::filesystem;

// Inside the store's folder until Finish, so that both are on one file system and RocksDB can take
// the files by link.
constexpr char kBuildingFolder[] = "building";

rocksdb::Slice ToSlice(const Sha256Digest& digest) {
  return rocksdb::Slice(reinterpret_cast<const char*>(digest.data()), digest.size());
}

// Writes the sorted files of one column family, a new one whenever the last has reached its size.
class SortedFiles {
 public:
  SortedFiles(const rocksdb::ColumnFamilyDescriptor& family, fs::path folder,
              uint64_t max_file_bytes)
      : options_(SampleStoreDbOptions(), family.options),
        name_(family.name),
        folder_(std::move(folder)),
        max_file_bytes_(max_file_bytes) {}

  // Keys must ascend.
  absl::Status Put(const rocksdb::Slice& key, const rocksdb::Slice& value) {
    if (writer_ != nullptr && writer_->FileSize() >= max_file_bytes_) {
      PROVNET_RETURN_IF_ERROR(Finish());
    }
    if (writer_ == nullptr) PROVNET_RETURN_IF_ERROR(Open());
    return Check(writer_->Put(key, value));
  }

  // Completes and syncs the last file.
  absl::Status Finish() {
    if (writer_ == nullptr) return absl::OkStatus();
    PROVNET_RETURN_IF_ERROR(Check(writer_->Finish()));
    writer_.reset();
    return absl::OkStatus();
  }

  const std::vector<std::string>& paths() const { return paths_; }

 private:
  absl::Status Open() {
    paths_.push_back((folder_ / absl::StrCat(name_, "-", paths_.size(), ".sst")).string());
    writer_ = std::make_unique<rocksdb::SstFileWriter>(rocksdb::EnvOptions(options_), options_);
    return Check(writer_->Open(paths_.back()));
  }

  absl::Status Check(const rocksdb::Status& status) const {
    return FromRocksDb(status, RocksDbAccess::kWrite, paths_.back());
  }

  const rocksdb::Options options_;
  const std::string name_;
  const fs::path folder_;
  const uint64_t max_file_bytes_;
  std::unique_ptr<rocksdb::SstFileWriter> writer_;
  std::vector<std::string> paths_;
};

class SstSampleStoreBuilder final : public SampleStoreBuilder {
 public:
  SstSampleStoreBuilder(fs::path directory, const SampleStoreBuilderOptions& options)
      : directory_(std::move(directory)),
        max_file_bytes_(options.max_sst_bytes),
        families_(SampleStoreFamilies(/*block_cache_bytes=*/0)),
        samples_(NewFiles(kSamples)) {}

  absl::Status Add(const v1::SampleRecord& record) override;
  absl::Status Finish() override;

 private:
  SortedFiles NewFiles(SampleStoreFamily family) const {
    return SortedFiles(families_[family], directory_ / kBuildingFolder, max_file_bytes_);
  }
  absl::StatusOr<std::vector<std::string>> WriteDigests();
  absl::StatusOr<std::vector<std::string>> WriteMeta();
  absl::Status Ingest(const std::vector<std::string>& samples,
                      const std::vector<std::string>& digests,
                      const std::vector<std::string>& meta);
  absl::Status RemoveLeftovers();

  const fs::path directory_;
  const uint64_t max_file_bytes_;
  const std::vector<rocksdb::ColumnFamilyDescriptor> families_;
  SortedFiles samples_;
  // The digest of every sample with its index; sorted and written by Finish.
  std::vector<std::pair<Sha256Digest, uint64_t>> digests_;
  uint64_t content_bytes_ = 0;
  bool finished_ = false;
};

absl::Status SstSampleStoreBuilder::Add(const v1::SampleRecord& record) {
  if (finished_) return absl::FailedPreconditionError("Add after Finish");
  const uint64_t sample_index = digests_.size();
  if (const absl::Status checked = CheckSampleRecord(record); !checked.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("sample ", sample_index, " (", record.source_id(), "): ", checked.message()));
  }
  const SampleKey key = EncodeSampleKey(sample_index);
  PROVNET_RETURN_IF_ERROR(
      samples_.Put(rocksdb::Slice(key.data(), key.size()), record.SerializeAsString()));
  digests_.emplace_back(Sha256Of(record.content()), sample_index);
  content_bytes_ += record.content().size();
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> SstSampleStoreBuilder::WriteDigests() {
  std::sort(digests_.begin(), digests_.end());
  SortedFiles files = NewFiles(kByDigest);
  for (auto first = digests_.cbegin(); first != digests_.cend();) {
    v1::SampleIndexList list;
    auto last = first;
    for (; last != digests_.cend() && last->first == first->first; ++last) {
      list.add_sample_index(last->second);
    }
    PROVNET_RETURN_IF_ERROR(files.Put(ToSlice(first->first), list.SerializeAsString()));
    first = last;
  }
  PROVNET_RETURN_IF_ERROR(files.Finish());
  return files.paths();
}

absl::StatusOr<std::vector<std::string>> SstSampleStoreBuilder::WriteMeta() {
  v1::SampleStoreMeta meta;
  meta.set_format_version(kSampleStoreFormatVersion);
  meta.set_sample_count(digests_.size());
  meta.set_content_bytes(content_bytes_);
  SortedFiles files = NewFiles(kMeta);
  PROVNET_RETURN_IF_ERROR(files.Put(kStoreMetaKey, meta.SerializeAsString()));
  PROVNET_RETURN_IF_ERROR(files.Finish());
  return files.paths();
}

absl::Status SstSampleStoreBuilder::Ingest(const std::vector<std::string>& samples,
                                           const std::vector<std::string>& digests,
                                           const std::vector<std::string>& meta) {
  rocksdb::DBOptions options = SampleStoreDbOptions();
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  options.error_if_exists = true;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* opened = nullptr;
  rocksdb::Status status =
      rocksdb::DB::Open(options, directory_.string(), families_, &handles, &opened);
  PROVNET_RETURN_IF_ERROR(FromRocksDb(status, RocksDbAccess::kWrite, directory_.string()));
  const std::unique_ptr<rocksdb::DB> db(opened);

  std::vector<rocksdb::IngestExternalFileArg> batch;
  const auto add = [&](SampleStoreFamily family, const std::vector<std::string>& files) {
    if (files.empty()) return;
    rocksdb::IngestExternalFileArg& argument = batch.emplace_back();
    argument.column_family = handles[family];
    argument.external_files = files;
    argument.options.move_files = true;
  };
  add(kSamples, samples);
  add(kByDigest, digests);
  add(kMeta, meta);
  status = db->IngestExternalFiles(batch);
  for (rocksdb::ColumnFamilyHandle* handle : handles) db->DestroyColumnFamilyHandle(handle);
  if (const rocksdb::Status closed = db->Close(); status.ok()) status = closed;
  return FromRocksDb(status, RocksDbAccess::kWrite, directory_.string());
}

absl::Status SstSampleStoreBuilder::RemoveLeftovers() {
  std::error_code error;
  fs::remove_all(directory_ / kBuildingFolder, error);
  for (const char* name : {"LOCK", "LOG", "LOG.old"}) {
    if (!error) fs::remove(directory_ / name, error);
  }
  if (error) return ErrorCodeToStatus(error, "clean up", directory_);
  return SyncPath(directory_);
}

absl::Status SstSampleStoreBuilder::Finish() {
  if (std::exchange(finished_, true))
    return absl::FailedPreconditionError("Finish was called before");
  PROVNET_RETURN_IF_ERROR(samples_.Finish());
  PROVNET_ASSIGN_OR_RETURN(const std::vector<std::string> digests, WriteDigests());
  PROVNET_ASSIGN_OR_RETURN(const std::vector<std::string> meta, WriteMeta());
  PROVNET_RETURN_IF_ERROR(Ingest(samples_.paths(), digests, meta));
  return RemoveLeftovers();
}

}  // namespace

absl::StatusOr<std::unique_ptr<SampleStoreBuilder>> SampleStoreBuilder::Create(
    const fs::path& directory, const SampleStoreBuilderOptions& options) {
  for (const fs::path& folder : {directory, directory / kBuildingFolder}) {
    if (::mkdir(folder.c_str(), 0777) != 0) return ErrnoToStatus(errno, "create folder", folder);
  }
  return std::make_unique<SstSampleStoreBuilder>(directory, options);
}

}  // namespace provnet
