#include "trainer/data/reference_set.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <string_view>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "trainer/data/subset.h"

namespace provnet {
namespace {

std::string_view Bytes(const Dataset& data, uint64_t position) {
  const auto image = data.image(position);
  return {reinterpret_cast<const char*>(image.data()), image.size()};
}

}  // namespace

absl::StatusOr<ReferenceSource> ParseReferenceSource(absl::string_view text) {
  if (text.empty() || text == "none") return ReferenceSource{};
  if (text == "auto") return ReferenceSource{ReferenceSource::Kind::kLeftOver};
  uint64_t count = 0;
  if (absl::SimpleAtoi(text, &count) && count >= kLeastHeldOut)
    return ReferenceSource{ReferenceSource::Kind::kHeldOut, count};
  return absl::InvalidArgumentError(
      absl::StrCat("--membership-reference=", text,
                   " is not known: expected auto, none, or how many training samples to hold out, "
                   "at least ",
                   kLeastHeldOut));
}

absl::StatusOr<std::vector<uint64_t>> DrawStratified(std::span<const uint64_t> positions,
                                                     const std::vector<uint32_t>& labels,
                                                     uint64_t count, uint64_t seed) {
  if (count >= positions.size()) return std::vector<uint64_t>(positions.begin(), positions.end());
  // Classes numbered anew in the order of their ids, so that every one has a record.
  std::vector<uint32_t> present;
  for (const uint64_t position : positions) present.push_back(labels[position]);
  std::sort(present.begin(), present.end());
  present.erase(std::unique(present.begin(), present.end()), present.end());
  std::vector<uint32_t> numbered;
  for (const uint64_t position : positions) {
    numbered.push_back(static_cast<uint32_t>(
        std::lower_bound(present.begin(), present.end(), labels[position]) - present.begin()));
  }
  const double share = static_cast<double>(count) / static_cast<double>(positions.size());
  PROVNET_ASSIGN_OR_RETURN(
      std::vector<uint64_t> drawn,
      StratifiedSubset(numbered, static_cast<uint32_t>(present.size()), share, seed));
  for (uint64_t& position : drawn) position = positions[position];
  return drawn;
}

std::vector<uint64_t> Complement(std::span<const uint64_t> positions, uint64_t size) {
  std::vector<uint64_t> all(size);
  std::iota(all.begin(), all.end(), 0);
  std::vector<uint64_t> left;
  std::set_difference(all.begin(), all.end(), positions.begin(), positions.end(),
                      std::back_inserter(left));
  return left;
}

std::vector<uint64_t> WithoutCopies(const Dataset& data, std::span<const uint64_t> positions,
                                    std::span<const uint64_t> others) {
  absl::flat_hash_set<std::string_view> images;
  for (const uint64_t other : others) images.insert(Bytes(data, other));
  std::vector<uint64_t> left;
  std::copy_if(positions.begin(), positions.end(), std::back_inserter(left),
               [&](uint64_t position) { return !images.contains(Bytes(data, position)); });
  return left;
}

}  // namespace provnet
