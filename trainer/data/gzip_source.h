#ifndef PROVNET_TRAINER_DATA_GZIP_SOURCE_H_
#define PROVNET_TRAINER_DATA_GZIP_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace provnet {

// The bytes of a file, in order, inflated on the way when it starts like a gzip file (several
// members are one stream, as for gzip itself). Unlike zlib's gzread it reports a cut-off stream and
// bytes after the end. Not thread-safe.
class GzipSource {
 public:
  // NOT_FOUND, PERMISSION_DENIED and the like with the path; DATA_LOSS when the file is empty.
  static absl::StatusOr<GzipSource> Open(const std::filesystem::path& path);

  GzipSource(GzipSource&&) noexcept;
  GzipSource& operator=(GzipSource&&) noexcept;
  ~GzipSource();

  // Fills `out`, or less at the end of the data only; returns how many bytes it wrote. The checksum
  // of a gzip member has been verified once a later byte, or the end, was asked for. DATA_LOSS
  // names the file and where it is broken.
  absl::StatusOr<size_t> Read(std::span<uint8_t> out);

  bool compressed() const;
  // The file's size on disk.
  uint64_t file_bytes() const;
  // An upper bound on the bytes that Read can yield: deflate shrinks by less than 1032 to 1.
  uint64_t max_bytes() const;

 private:
  struct State;
  explicit GzipSource(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace provnet

#endif  // PROVNET_TRAINER_DATA_GZIP_SOURCE_H_
