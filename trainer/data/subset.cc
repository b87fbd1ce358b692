#include "trainer/data/subset.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "trainer/data/random.h"

namespace provnet {
namespace {

using Positions = std::vector<uint64_t>;

// Positions of each class's samples, ascending.
absl::StatusOr<std::vector<Positions>> GroupByClass(const std::vector<uint32_t>& labels,
                                                    uint32_t class_count) {
  std::vector<Positions> groups(class_count);
  for (size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] >= class_count) {
      return absl::InvalidArgumentError(absl::StrCat("sample ", i, " has label ", labels[i],
                                                     "; expected one below ", class_count));
    }
    groups[labels[i]].push_back(i);
  }
  for (uint32_t id = 0; id < class_count; ++id) {
    if (groups[id].empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat("class ", id, " has no sample to draw; expected at least one"));
    }
  }
  return groups;
}

// Shares of `total` in proportion to the groups' sizes: whole parts first, at least 1, then one
// more each in the order of the remainders. Where the minimum of 1 has overdrawn, the shares
// furthest above their quota pay for it. In integers: `excess[c]` is (share - quota) * N. Needs
// groups.size() <= total <= N < 2^32.
std::vector<uint64_t> ApportionByLargestRemainder(const std::vector<Positions>& groups,
                                                  uint64_t total, uint64_t sample_count) {
  std::vector<uint64_t> shares(groups.size());
  std::vector<int64_t> excess(groups.size());
  for (size_t c = 0; c < groups.size(); ++c) {
    const uint64_t quota = total * groups[c].size();  // times N
    shares[c] = std::max<uint64_t>(1, quota / sample_count);
    excess[c] = static_cast<int64_t>(shares[c] * sample_count - quota);
  }
  std::vector<size_t> order(groups.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return excess[a] < excess[b]; });
  uint64_t given = std::accumulate(shares.begin(), shares.end(), uint64_t{0});
  for (size_t i = 0; given < total; ++i, ++given) ++shares[order[i]];
  while (given > total) {
    for (size_t i = order.size(); i-- > 0 && given > total;) {
      if (shares[order[i]] > 1) {
        --shares[order[i]];
        --given;
      }
    }
  }
  return shares;
}

}  // namespace

absl::StatusOr<std::vector<ClassShare>> ShareOutByClass(const std::vector<uint32_t>& labels,
                                                        uint32_t class_count, double fraction) {
  if (!(fraction > 0.0 && fraction <= 1.0)) {
    return absl::InvalidArgumentError(
        absl::StrCat("subset fraction is ", fraction, "; expected a number above 0 and up to 1"));
  }
  PROVNET_ASSIGN_OR_RETURN(std::vector<Positions> groups, GroupByClass(labels, class_count));
  const auto total =
      static_cast<uint64_t>(std::llround(fraction * static_cast<double>(labels.size())));
  if (total < class_count) {
    return absl::InvalidArgumentError(
        absl::StrCat("subset fraction ", fraction, " of ", labels.size(), " samples is ", total,
                     " samples, fewer than the ", class_count,
                     " classes; expected at least one of each: use a larger fraction"));
  }
  const auto shares = ApportionByLargestRemainder(groups, total, labels.size());
  std::vector<ClassShare> classes;
  for (size_t c = 0; c < groups.size(); ++c) classes.push_back({std::move(groups[c]), shares[c]});
  return classes;
}

absl::StatusOr<std::vector<uint64_t>> StratifiedSubset(const std::vector<uint32_t>& labels,
                                                       uint32_t class_count, double fraction,
                                                       uint64_t seed) {
  PROVNET_ASSIGN_OR_RETURN(auto classes, ShareOutByClass(labels, class_count, fraction));
  Positions drawn;
  for (size_t c = 0; c < classes.size(); ++c) {
    auto& [positions, count] = classes[c];
    Rng(MixSeed(seed, c)).Shuffle(positions);
    drawn.insert(drawn.end(), positions.begin(), positions.begin() + count);
  }
  std::sort(drawn.begin(), drawn.end());
  return drawn;
}

absl::Status CheckSubset(const Dataset& dataset, std::span<const uint64_t> positions) {
  std::vector<uint64_t> before(dataset.class_names.size()), after(before);
  for (const uint32_t label : dataset.labels) ++before[label];
  for (const uint64_t position : positions) ++after[dataset.labels[position]];
  for (size_t id = 0; id < before.size(); ++id) {
    if (after[id] >= 2 || after[id] == before[id]) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("the subset of ", positions.size(), " samples leaves ", after[id], " of the ",
                     before[id], " samples of class ", dataset.class_names[id],
                     "; expected at least two: use a larger --subset"));
  }
  return absl::OkStatus();
}

Dataset Select(const Dataset& dataset, std::span<const uint64_t> positions) {
  Dataset selected{.channels = dataset.channels,
                   .height = dataset.height,
                   .width = dataset.width,
                   .pixels = {},
                   .labels = {},
                   .class_names = dataset.class_names,
                   .source_name = dataset.source_name,
                   .source_positions = {}};
  selected.pixels.reserve(positions.size() * dataset.image_bytes());
  selected.labels.reserve(positions.size());
  selected.source_positions.reserve(positions.size());
  selected.source_names.reserve(dataset.source_names.empty() ? 0 : positions.size());
  selected.encoded.reserve(dataset.encoded.empty() ? 0 : positions.size());
  for (const uint64_t position : positions) {
    assert(position < dataset.size());
    const auto image = dataset.image(position);
    selected.pixels.insert(selected.pixels.end(), image.begin(), image.end());
    selected.labels.push_back(dataset.labels[position]);
    selected.source_positions.push_back(dataset.source_positions[position]);
    if (!dataset.source_names.empty()) {
      selected.source_names.push_back(dataset.source_names[position]);
    }
    if (!dataset.encoded.empty()) selected.encoded.push_back(dataset.encoded[position]);
  }
  return selected;
}

}  // namespace provnet
