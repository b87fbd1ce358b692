#ifndef PROVNET_TRAINER_DATA_ENTRY_STREAM_H_
#define PROVNET_TRAINER_DATA_ENTRY_STREAM_H_

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"

namespace provnet {

// What lies in a folder or an archive.
struct Entry {
  enum class Kind {
    kFile,
    kFolder,
    // Links, devices, pipes: never followed or opened.
    kOther,
  };
  // As the archive spells it, or relative to the folder, with '/'. Untrusted.
  std::string path;
  Kind kind = Kind::kOther;
};

// The entries of a folder or an archive, one after the other; nothing is written anywhere. Not
// thread-safe.
class EntryStream {
 public:
  virtual ~EntryStream() = default;

  // The next entry, or nothing at the end. DATA_LOSS when the rest can't be read.
  virtual absl::StatusOr<std::optional<Entry>> Next() = 0;

  // The whole contents of the file that Next has just returned; once a file. DATA_LOSS when the
  // rest of the stream can't be read either; every other error is about this file alone, e.g.
  // INVALID_ARGUMENT when it is longer than `max_bytes`, of which then no more is held.
  virtual absl::StatusOr<std::string> Read(size_t max_bytes) = 0;
};

// Opens the folder at `path` (its entries up to five levels deep, symbolic links not followed), or
// a tar archive, plain or compressed by gzip, bzip2, xz, zstd or lz4. Errors name the path:
// NOT_FOUND, PERMISSION_DENIED, INVALID_ARGUMENT (neither).
absl::StatusOr<std::unique_ptr<EntryStream>> OpenEntryStream(const std::filesystem::path& path);

}  // namespace provnet

#endif  // PROVNET_TRAINER_DATA_ENTRY_STREAM_H_
