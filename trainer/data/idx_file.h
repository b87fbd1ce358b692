#ifndef PROVNET_TRAINER_DATA_IDX_FILE_H_
#define PROVNET_TRAINER_DATA_IDX_FILE_H_

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

#include "absl/status/statusor.h"

namespace provnet {

// An array of unsigned bytes, row-major. In the file: the bytes 0, 0, 8 (the type), the number of
// dimensions; each dimension as a big-endian uint32; the values.
struct IdxArray {
  std::vector<uint32_t> dimensions;
  std::vector<uint8_t> values;
};

// Values beyond this many bytes are refused.
inline constexpr uint64_t kMaxIdxBytes = uint64_t{4} << 30;

// Reads a plain or gzipped IDX file (http://yann.lecun.com/exdb/mnist) of unsigned bytes with
// `rank` dimensions, none of them zero. Memory is taken only for values that the file's size makes
// possible. Errors name the file: NOT_FOUND, PERMISSION_DENIED; INVALID_ARGUMENT (another kind of
// file, a zero or absurd dimension); DATA_LOSS (truncated, corrupt, shorter or longer than its
// dimensions say).
absl::StatusOr<IdxArray> ReadIdxFile(const std::filesystem::path& path, size_t rank);

}  // namespace provnet

#endif  // PROVNET_TRAINER_DATA_IDX_FILE_H_
