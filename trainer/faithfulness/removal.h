#ifndef PROVNET_TRAINER_FAITHFULNESS_REMOVAL_H_
#define PROVNET_TRAINER_FAITHFULNESS_REMOVAL_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace provnet {

// Counterfactual removal: does a prediction change once the samples that are said to support it are
// left out of the training set, and the network is fitted anew? Sets of samples are positions,
// ascending and distinct.

// The k samples with the highest scores; the first ones among equals. k is at most their number.
std::vector<uint64_t> HighestScored(std::span<const float> scores, uint64_t k);

// k random samples of class `label`, or all of them if they are fewer; those of a smaller k are
// among those of a larger one.
std::vector<uint64_t> RandomOfClass(std::span<const uint32_t> labels, uint32_t label, uint64_t k,
                                    uint64_t seed);

// The samples 0 .. n-1 but those in `removed`.
std::vector<uint64_t> AllBut(uint64_t n, const std::vector<uint64_t>& removed);

// 16 hexadecimal digits that tell sets of samples apart.
std::string DigestOf(const std::vector<uint64_t>& samples);

// What several fits to one set of samples say of one query, taken together.
struct Consensus {
  // The class with the highest mean probability.
  uint32_t predicted = 0;
  // ln p / (1 - p) of the class that is asked about, averaged over the fits.
  double margin = 0;
};

// `log_probabilities`: of each of C classes, a row a fit; at least one fit.
Consensus ConsensusOf(const std::vector<std::vector<float>>& log_probabilities, uint32_t label);

}  // namespace provnet

#endif  // PROVNET_TRAINER_FAITHFULNESS_REMOVAL_H_
