#ifndef PROVNET_STORAGE_NPY_H_
#define PROVNET_STORAGE_NPY_H_

#include <cstdint>
#include <filesystem>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "storage/base/file_io.h"

namespace provnet {

// Dense arrays in NumPy's .npy format, version 1.0, little-endian, C order: numpy.load opens every
// matrix of a bundle. The element types are float ('<f4') and uint32_t ('<u4').
template <typename T>
struct NpyArray {
  std::vector<uint64_t> shape;
  // Product of `shape` elements, row-major.
  std::vector<T> values;
};

// Writes and syncs the file. The product of `shape` must be values.size(). RESOURCE_EXHAUSTED names
// the path when the disk is full.
template <typename T>
absl::Status WriteNpy(const std::filesystem::path& path, absl::Span<const uint64_t> shape,
                      absl::Span<const T> values);

// Reads an array into memory that the caller chooses. Not thread-safe.
template <typename T>
class NpyReader {
 public:
  // DATA_LOSS with the path when the header is malformed, has another element type or order, or its
  // shape contradicts the file's size.
  static absl::StatusOr<NpyReader> Open(std::filesystem::path path);

  const std::vector<uint64_t>& shape() const { return shape_; }
  // Product of the shape.
  uint64_t size() const { return size_; }

  // Reads all elements, row-major, into `values` of that size. Call once.
  absl::Status Read(absl::Span<T> values);

 private:
  NpyReader(std::filesystem::path path, FileDescriptor file)
      : path_(std::move(path)), file_(std::move(file)) {}

  std::filesystem::path path_;
  FileDescriptor file_;
  std::vector<uint64_t> shape_;
  uint64_t size_ = 0;
};

// The whole array. Errors as NpyReader's.
template <typename T>
absl::StatusOr<NpyArray<T>> ReadNpy(const std::filesystem::path& path);

extern template absl::Status WriteNpy<float>(const std::filesystem::path&,
                                             absl::Span<const uint64_t>, absl::Span<const float>);
extern template absl::Status WriteNpy<uint32_t>(const std::filesystem::path&,
                                                absl::Span<const uint64_t>,
                                                absl::Span<const uint32_t>);
extern template class NpyReader<float>;
extern template class NpyReader<uint32_t>;
extern template absl::StatusOr<NpyArray<float>> ReadNpy<float>(const std::filesystem::path&);
extern template absl::StatusOr<NpyArray<uint32_t>> ReadNpy<uint32_t>(const std::filesystem::path&);

}  // namespace provnet

#endif  // PROVNET_STORAGE_NPY_H_
