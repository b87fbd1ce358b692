#ifndef PROVNET_STORAGE_SAMPLE_STORE_BUILDER_H_
#define PROVNET_STORAGE_SAMPLE_STORE_BUILDER_H_

#include <cstdint>
#include <filesystem>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "provnet/v1/sample.pb.h"

namespace provnet {

struct SampleStoreBuilderOptions {
  // A sorted file that has reached this size is followed by a new one. Bounds the memory that one
  // file's index takes while it is written (about 1 % of this) and the damage of a lost file.
  uint64_t max_sst_bytes = uint64_t{256} << 20;
};

// Writes a sample store in one pass: sorted SST files are built beside the database and ingested,
// so no sample goes through the memtable or the write-ahead log. Samples get the indices 0, 1, ...
// in the order of Add. Memory: the current SST block plus 40 bytes a sample for the digest index.
// Not thread-safe.
class SampleStoreBuilder {
 public:
  // Creates `directory`, whose parent must exist and which must not. Errors name the path.
  static absl::StatusOr<std::unique_ptr<SampleStoreBuilder>> Create(
      const std::filesystem::path& directory, const SampleStoreBuilderOptions& options = {});

  virtual ~SampleStoreBuilder() = default;

  // INVALID_ARGUMENT for a record with no content, or a tensor whose spec contradicts its length.
  // RESOURCE_EXHAUSTED when the disk is full.
  virtual absl::Status Add(const v1::SampleRecord& record) = 0;

  // Ingests, syncs and closes; removes RocksDB's lock and log files. Call once, last. A builder
  // that is destroyed without Finish leaves an incomplete folder for its caller to remove.
  virtual absl::Status Finish() = 0;
};

}  // namespace provnet

#endif  // PROVNET_STORAGE_SAMPLE_STORE_BUILDER_H_
