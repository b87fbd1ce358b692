#ifndef PROVNET_STORAGE_NPY_HEADER_H_
#define PROVNET_STORAGE_NPY_HEADER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace provnet {

// What the header of a .npy file says.
struct NpyHeader {
  // NumPy's name of the element type, e.g. "<f4".
  std::string descr;
  bool fortran_order = false;
  std::vector<uint64_t> shape;
};

// Magic (6 bytes), version (2) and length (2) in front of the dictionary.
inline constexpr size_t kNpyPreambleBytes = 10;

// The bytes in front of the elements, C order; a multiple of 64 so that the elements are aligned
// when mapped.
std::string EncodeNpyHeader(absl::string_view descr, absl::Span<const uint64_t> shape);

// Length of the dictionary that follows the preamble. INVALID_ARGUMENT when the preamble is not
// that of a version 1.0 file.
absl::StatusOr<size_t> ParseNpyPreamble(absl::string_view preamble);

// Parses the dictionary: a Python literal with exactly the keys descr, fortran_order and shape, in
// any order. INVALID_ARGUMENT says what was expected and where.
absl::StatusOr<NpyHeader> ParseNpyDictionary(absl::string_view dictionary);

}  // namespace provnet

#endif  // PROVNET_STORAGE_NPY_HEADER_H_
