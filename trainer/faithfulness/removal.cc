#include "trainer/faithfulness/removal.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "storage/sha256.h"
#include "trainer/data/random.h"

namespace provnet {
namespace {

// ln p / (1 - p), finite where the probabilities' logarithms are.
double MarginOf(std::span<const float> log_probabilities, uint32_t label) {
  double highest = -std::numeric_limits<double>::infinity();
  for (uint32_t c = 0; c < log_probabilities.size(); ++c) {
    if (c != label) highest = std::max(highest, double{log_probabilities[c]});
  }
  double others = 0;
  for (uint32_t c = 0; c < log_probabilities.size(); ++c) {
    if (c != label) others += std::exp(log_probabilities[c] - highest);
  }
  return log_probabilities[label] - highest - std::log(others);
}

}  // namespace

std::vector<uint64_t> HighestScored(std::span<const float> scores, uint64_t k) {
  std::vector<uint64_t> order(scores.size());
  std::iota(order.begin(), order.end(), uint64_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](uint64_t a, uint64_t b) { return scores[a] > scores[b]; });
  order.resize(k);
  std::sort(order.begin(), order.end());
  return order;
}

std::vector<uint64_t> RandomOfClass(std::span<const uint32_t> labels, uint32_t label, uint64_t k,
                                    uint64_t seed) {
  std::vector<uint64_t> chosen;
  for (uint64_t i = 0; i < labels.size(); ++i) {
    if (labels[i] == label) chosen.push_back(i);
  }
  Rng rng(seed);
  rng.Shuffle(chosen);
  chosen.resize(std::min<uint64_t>(k, chosen.size()));
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

std::vector<uint64_t> AllBut(uint64_t n, const std::vector<uint64_t>& removed) {
  std::vector<uint64_t> kept(n);
  std::iota(kept.begin(), kept.end(), uint64_t{0});
  std::vector<uint64_t> difference;
  std::set_difference(kept.begin(), kept.end(), removed.begin(), removed.end(),
                      std::back_inserter(difference));
  return difference;
}

std::string DigestOf(const std::vector<uint64_t>& samples) {
  Sha256 digest;
  for (uint64_t sample : samples) digest.Update(absl::StrCat(sample, ","));
  return ToHex(digest.Finish()).substr(0, 16);
}

Consensus ConsensusOf(const std::vector<std::vector<float>>& log_probabilities, uint32_t label) {
  Consensus consensus;
  std::vector<double> sums(log_probabilities.front().size());
  for (const std::vector<float>& fit : log_probabilities) {
    consensus.margin += MarginOf(fit, label) / static_cast<double>(log_probabilities.size());
    for (size_t c = 0; c < sums.size(); ++c) sums[c] += std::exp(fit[c]);
  }
  consensus.predicted =
      static_cast<uint32_t>(std::max_element(sums.begin(), sums.end()) - sums.begin());
  return consensus;
}

}  // namespace provnet
