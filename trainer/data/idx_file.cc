#include "trainer/data/idx_file.h"

#include <span>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "storage/base/status_macros.h"
#include "trainer/data/gzip_source.h"

namespace provnet {
namespace {

constexpr uint32_t kUnsignedByteMagic = 0x0800;  // plus the rank

std::string Shape(const std::vector<uint32_t>& dimensions) {
  return absl::StrJoin(dimensions, "x");
}

absl::StatusOr<uint32_t> ReadBigEndian(GzipSource& source, const std::string& path, size_t rank) {
  uint8_t bytes[4];
  PROVNET_ASSIGN_OR_RETURN(const size_t count, source.Read(bytes));
  if (count < sizeof bytes) {
    return absl::DataLossError(absl::StrCat(path, ": ends inside its header; an IDX file of ", rank,
                                            " dimensions starts with ", 4 + 4 * rank, " bytes"));
  }
  return uint32_t{bytes[0]} << 24 | uint32_t{bytes[1]} << 16 | uint32_t{bytes[2]} << 8 | bytes[3];
}

absl::StatusOr<std::vector<uint32_t>> ReadHeader(GzipSource& source, const std::string& path,
                                                 size_t rank) {
  PROVNET_ASSIGN_OR_RETURN(const uint32_t magic, ReadBigEndian(source, path, rank));
  if (magic != kUnsignedByteMagic + rank) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "%s: not an IDX file of unsigned bytes in %d dimension(s): it starts with 0x%08x, expected "
        "0x%08x",
        path, rank, magic, kUnsignedByteMagic + rank));
  }
  std::vector<uint32_t> dimensions;
  for (size_t i = 0; i < rank; ++i) {
    PROVNET_ASSIGN_OR_RETURN(const uint32_t dimension, ReadBigEndian(source, path, rank));
    dimensions.push_back(dimension);
  }
  return dimensions;
}

// The number of values; bounded, so that it can be allocated.
absl::StatusOr<uint64_t> CountValues(const std::vector<uint32_t>& dimensions,
                                     const std::string& path) {
  uint64_t count = 1;
  for (const uint32_t dimension : dimensions) {
    if (dimension == 0) {
      return absl::InvalidArgumentError(absl::StrCat(path, ": holds nothing: its header says ",
                                                     Shape(dimensions), ", expected no zero"));
    }
    // At most 2^32 * 2^32 before the check.
    if (count > kMaxIdxBytes / dimension) {
      return absl::InvalidArgumentError(absl::StrCat(path, ": its header says ", Shape(dimensions),
                                                     ", more than the limit of ", kMaxIdxBytes,
                                                     " bytes; the header is probably corrupt"));
    }
    count *= dimension;
  }
  return count;
}

absl::Status LengthError(const std::string& path, const std::vector<uint32_t>& dimensions,
                         const std::string& held) {
  return absl::DataLossError(absl::StrCat(path, ": its header says ", Shape(dimensions),
                                          " bytes of data, but the file holds ", held,
                                          "; it is truncated or corrupt"));
}

}  // namespace

absl::StatusOr<IdxArray> ReadIdxFile(const std::filesystem::path& path, size_t rank) {
  const std::string name = path.string();
  PROVNET_ASSIGN_OR_RETURN(GzipSource source, GzipSource::Open(path));
  IdxArray array;
  PROVNET_ASSIGN_OR_RETURN(array.dimensions, ReadHeader(source, name, rank));
  PROVNET_ASSIGN_OR_RETURN(const uint64_t count, CountValues(array.dimensions, name));
  if (count > source.max_bytes()) {
    return LengthError(name, array.dimensions, absl::StrCat("at most ", source.max_bytes()));
  }
  array.values.resize(count);
  PROVNET_ASSIGN_OR_RETURN(const size_t read, source.Read(std::span(array.values)));
  if (read < count) return LengthError(name, array.dimensions, absl::StrCat(read));
  // Asking for one more also verifies the gzip checksum.
  uint8_t extra = 0;
  PROVNET_ASSIGN_OR_RETURN(const size_t excess, source.Read(std::span(&extra, 1)));
  if (excess > 0) {
    return LengthError(name, array.dimensions, absl::StrCat("more than ", count));
  }
  return array;
}

}  // namespace provnet
