#ifndef PROVNET_SERVER_LIFECYCLE_MEMORY_LIMIT_H_
#define PROVNET_SERVER_LIFECYCLE_MEMORY_LIMIT_H_

#include <cstdint>
#include <filesystem>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "provnet/v1/bundle.pb.h"

namespace provnet {

// How much memory this process may use in all.
struct MemoryLimit {
  enum class Kind {
    // What the control group and the machine leave.
    kAuto,
    kNone,
    kBytes,
  };
  Kind kind = Kind::kAuto;
  uint64_t bytes = 0;
};

// "auto", "none", or a number with the unit MiB or GiB, e.g. "1.5GiB". INVALID_ARGUMENT says so.
absl::StatusOr<MemoryLimit> ParseMemoryLimit(absl::string_view text);

// Bytes that this process may still take: with kBytes the limit less its resident set; otherwise
// the least of what its control group (version 2 or 1; cached files count as free) and the machine
// have left. Unset for kNone and where nothing can be read. `root` is where /proc and /sys lie.
std::optional<uint64_t> AvailableMemory(const MemoryLimit& limit,
                                        const std::filesystem::path& root = "/");

// Bytes that it takes at most to load and serve a bundle, from the sizes of its files: the model
// and its vectors once as they are and twice in the index (packed, and in float32 for membership,
// or while packing); labels with what is kept beside them; RocksDB's indices, filters and block
// cache; and the executors' scratch memory.
uint64_t EstimateMemory(const v1::BundleManifest& manifest);

// OK, or RESOURCE_EXHAUSTED with what is needed and what is available.
absl::Status CheckMemory(const v1::BundleManifest& manifest, std::optional<uint64_t> available);

}  // namespace provnet

#endif  // PROVNET_SERVER_LIFECYCLE_MEMORY_LIMIT_H_
