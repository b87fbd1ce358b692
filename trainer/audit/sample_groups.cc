#include "trainer/audit/sample_groups.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

#include "storage/sha256.h"

namespace provnet {

SampleGroups::SampleGroups(size_t count) : parent_(count) {
  std::iota(parent_.begin(), parent_.end(), size_t{0});
}

void SampleGroups::Join(size_t a, size_t b) {
  const size_t first = Representative(a), second = Representative(b);
  parent_[std::max(first, second)] = std::min(first, second);
}

size_t SampleGroups::Representative(size_t sample) {
  while (parent_[sample] != sample) sample = parent_[sample] = parent_[parent_[sample]];
  return sample;
}

std::vector<std::vector<uint64_t>> SampleGroups::Groups() {
  std::map<size_t, std::vector<uint64_t>> members;
  for (size_t i = 0; i < parent_.size(); ++i) members[Representative(i)].push_back(i);
  std::vector<std::vector<uint64_t>> groups;
  for (auto& [representative, group] : members) {
    if (group.size() > 1) groups.push_back(std::move(group));
  }
  return groups;
}

std::vector<std::vector<uint64_t>> ExactDuplicates(const Dataset& data) {
  SampleGroups groups(data.size());
  std::map<Sha256Digest, size_t> first;
  for (size_t i = 0; i < data.size(); ++i) {
    const auto image = data.image(i);
    const auto [known, is_new] =
        first.emplace(Sha256Of({reinterpret_cast<const char*>(image.data()), image.size()}), i);
    if (!is_new) groups.Join(known->second, i);
  }
  return groups.Groups();
}

}  // namespace provnet
