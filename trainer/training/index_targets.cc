#include "trainer/training/index_targets.h"

#include "trainer/data/random.h"
#include "trainer/network/class_positions.h"

namespace provnet {

IndexTargets::IndexTargets(absl::Span<const uint32_t> labels, uint32_t class_count,
                           v1::HeadType head, double alpha)
    : alpha_(alpha),
      within_class_(head == v1::HEAD_TYPE_CLASS_CONDITIONAL),
      labels_(labels.begin(), labels.end()),
      position_(NumberWithinClasses(labels, class_count).position),
      members_(class_count) {
  for (uint64_t i = 0; i < labels_.size(); ++i) members_[labels_[i]].push_back(i);
}

int64_t IndexTargets::Column(uint64_t sample, uint64_t seed) const {
  const std::vector<uint64_t>& members = members_[labels_[sample]];
  uint64_t position = static_cast<uint64_t>(position_[sample]);
  if (alpha_ > 0 && members.size() > 1) {
    Rng rng(MixSeed(seed, sample));
    if (rng.Uniform() < alpha_) {
      // One of the others: skips the sample itself.
      const uint64_t other = rng.Below(members.size() - 1);
      position = other < position ? other : other + 1;
    }
  }
  return static_cast<int64_t>(within_class_ ? position : members[position]);
}

int64_t IndexTargets::Candidates(uint64_t sample) const {
  return static_cast<int64_t>(within_class_ ? members_[labels_[sample]].size() : labels_.size());
}

}  // namespace provnet
