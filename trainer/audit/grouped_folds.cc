#include "trainer/audit/grouped_folds.h"

#include <algorithm>
#include <map>

#include "trainer/data/random.h"

namespace provnet {
namespace {

constexpr uint64_t kFoldStream = 0xf01d;

// All samples as groups, shuffled, the larger ones first.
std::vector<std::vector<uint64_t>> DealingOrder(size_t count,
                                                std::span<const std::vector<uint64_t>> groups,
                                                uint64_t seed) {
  std::vector<std::vector<uint64_t>> order(groups.begin(), groups.end());
  std::vector<bool> grouped(count);
  for (const auto& group : groups) {
    for (const uint64_t sample : group) grouped[sample] = true;
  }
  for (uint64_t i = 0; i < count; ++i) {
    if (!grouped[i]) order.push_back({i});
  }
  Rng(MixSeed(seed, kFoldStream)).Shuffle(order);
  std::stable_sort(order.begin(), order.end(),
                   [](const auto& a, const auto& b) { return a.size() > b.size(); });
  return order;
}

}  // namespace

std::vector<uint32_t> GroupedFolds(std::span<const uint32_t> labels,
                                   std::span<const std::vector<uint64_t>> groups, uint32_t folds,
                                   uint64_t seed) {
  std::vector<uint32_t> fold_of(labels.size());
  // By class: how many of its samples each fold has.
  std::map<uint32_t, std::vector<uint64_t>> dealt;
  std::vector<uint64_t> sizes(folds);
  for (const std::vector<uint64_t>& group : DealingOrder(labels.size(), groups, seed)) {
    // A group's first label speaks for it.
    std::vector<uint64_t>& of_class = dealt[labels[group.front()]];
    of_class.resize(folds);
    uint32_t best = 0;
    for (uint32_t fold = 1; fold < folds; ++fold) {
      if (std::pair(of_class[fold], sizes[fold]) < std::pair(of_class[best], sizes[best])) {
        best = fold;
      }
    }
    for (const uint64_t sample : group) fold_of[sample] = best;
    of_class[best] += group.size();
    sizes[best] += group.size();
  }
  return fold_of;
}

}  // namespace provnet
