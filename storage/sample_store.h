#ifndef PROVNET_STORAGE_SAMPLE_STORE_H_
#define PROVNET_STORAGE_SAMPLE_STORE_H_

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "provnet/v1/sample.pb.h"
#include "storage/sha256.h"

namespace provnet {

// The training samples of one bundle, read-only. Sample indices are 0 .. size()-1.
//
// Opening changes no file of the folder, so one store may be open in many processes. Thread-safe.
class SampleStore {
 public:
  // NOT_FOUND when there is no store at `directory`; DATA_LOSS when it is damaged or of another
  // format version.
  static absl::StatusOr<std::unique_ptr<const SampleStore>> OpenReadOnly(
      const std::filesystem::path& directory);

  virtual ~SampleStore() = default;

  // N.
  virtual uint64_t size() const = 0;

  // One batched read. Entry i answers sample_indices[i]: the record, NOT_FOUND (index >= size()),
  // or DATA_LOSS (the block failed its checksum, or the record does not parse), which leaves the
  // other entries unharmed. Repeated indices are allowed.
  std::vector<absl::StatusOr<v1::SampleRecord>> MultiGet(
      absl::Span<const uint64_t> sample_indices) const;

  // Ascending indices of the samples whose content has this digest; empty when there is none.
  absl::StatusOr<std::vector<uint64_t>> FindByDigest(const Sha256Digest& digest) const;

  // How many reads have met damage since the store was opened; one that has is not sound again.
  uint64_t damaged_reads() const { return damaged_reads_.load(std::memory_order_relaxed); }

 private:
  virtual std::vector<absl::StatusOr<v1::SampleRecord>> Read(
      absl::Span<const uint64_t> sample_indices) const = 0;
  virtual absl::StatusOr<std::vector<uint64_t>> LookUp(const Sha256Digest& digest) const = 0;

  mutable std::atomic<uint64_t> damaged_reads_{0};
};

}  // namespace provnet

#endif  // PROVNET_STORAGE_SAMPLE_STORE_H_
