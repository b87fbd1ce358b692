#include "trainer/data/idx_writer.h"

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/base/atomic_file.h"
#include "storage/base/file_io.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

std::string IdxBytes(const std::vector<uint32_t>& dimensions, std::span<const uint8_t> values) {
  std::string bytes{'\0', '\0', '\x08', static_cast<char>(dimensions.size())};
  for (uint32_t dimension : dimensions) {
    for (int shift : {24, 16, 8, 0}) bytes.push_back(static_cast<char>(dimension >> shift));
  }
  bytes.append(values.begin(), values.end());
  return bytes;
}

absl::Status WriteHalf(const Dataset& data, const std::filesystem::path& dir,
                       const std::string& prefix) {
  const std::vector<uint8_t> labels(data.labels.begin(), data.labels.end());
  const auto count = static_cast<uint32_t>(data.size());
  PROVNET_RETURN_IF_ERROR(
      WriteFileAtomically(dir / (prefix + "-images-idx3-ubyte"),
                          IdxBytes({count, data.height, data.width}, data.pixels)));
  return WriteFileAtomically(dir / (prefix + "-labels-idx1-ubyte"), IdxBytes({count}, labels));
}

}  // namespace

absl::Status WriteIdx(const DatasetPair& data, const std::filesystem::path& dir) {
  for (const Dataset* half : {&data.train, &data.test}) {
    if (half->channels != 1) {
      return absl::InvalidArgumentError(absl::StrCat("images have ", half->channels,
                                                     " channels, the IDX format of MNIST holds 1"));
    }
    const auto largest = std::max_element(half->labels.begin(), half->labels.end());
    if (largest != half->labels.end() && *largest > 255) {
      return absl::InvalidArgumentError(absl::StrCat(
          "label ", *largest, " does not fit the IDX format's bytes, expected at most 255"));
    }
  }
  std::error_code error;
  std::filesystem::create_directories(dir, error);
  if (error) return ErrorCodeToStatus(error, "create folder", dir);
  PROVNET_RETURN_IF_ERROR(WriteHalf(data.train, dir, "train"));
  return WriteHalf(data.test, dir, "t10k");
}

}  // namespace provnet
