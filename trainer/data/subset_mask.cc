#include "trainer/data/subset_mask.h"

#include <cassert>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace provnet {

std::string ToSubsetMask(std::span<const uint64_t> positions, uint64_t n) {
  std::string mask((n + 7) / 8, '\0');
  for (const uint64_t position : positions) {
    assert(position < n);
    mask[position / 8] = static_cast<char>(mask[position / 8] | 1 << (position % 8));
  }
  return mask;
}

absl::StatusOr<std::vector<uint64_t>> FromSubsetMask(std::string_view mask, uint64_t n) {
  std::vector<uint64_t> positions;
  for (uint64_t i = 0; i < 8 * mask.size(); ++i) {
    if ((static_cast<uint8_t>(mask[i / 8]) >> (i % 8) & 1) != 0) positions.push_back(i);
  }
  if (mask.size() == (n + 7) / 8 && (positions.empty() || positions.back() < n)) return positions;
  return absl::InvalidArgumentError(absl::StrCat(
      "a subset of ", 8 * mask.size(), " or a few less samples was recorded, but there are ", n,
      ": the data set has changed"));
}

}  // namespace provnet
