#ifndef PROVNET_TESTS_TESTING_BRUTE_FORCE_RANKING_H_
#define PROVNET_TESTS_TESTING_BRUTE_FORCE_RANKING_H_

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

namespace provnet {

// The slow, obvious ranking that the index heads are held against: every logit in double precision,
// all samples of the class (or all samples) sorted, softmax by its definition. O(N (R + log N)) a
// query.
struct BruteForceRanking {
  struct Entry {
    uint64_t sample_index;
    double logit;
    double score;
  };

  // `candidates` are pairs of sample index and logit.
  static std::vector<Entry> Rank(const std::vector<std::pair<uint64_t, double>>& candidates,
                                 size_t k) {
    std::vector<Entry> entries;
    double largest = -INFINITY;
    for (const auto& [index, logit] : candidates) largest = std::max(largest, logit);
    double sum = 0;
    for (const auto& [index, logit] : candidates) sum += std::exp(logit - largest);
    for (const auto& [index, logit] : candidates)
      entries.push_back({index, logit, std::exp(logit - largest) / sum});
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
      return a.logit != b.logit ? a.logit > b.logit : a.sample_index < b.sample_index;
    });
    entries.resize(std::min(k, entries.size()));
    return entries;
  }
};

}  // namespace provnet

#endif  // PROVNET_TESTS_TESTING_BRUTE_FORCE_RANKING_H_
