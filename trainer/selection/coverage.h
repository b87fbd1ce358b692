#ifndef PROVNET_TRAINER_SELECTION_COVERAGE_H_
#define PROVNET_TRAINER_SELECTION_COVERAGE_H_

#include <cstdint>
#include <span>
#include <vector>

namespace provnet {

// How difficulty is cut into strata.
struct CoverageOptions {
  // Equally wide ranges of difficulty.
  uint32_t strata = 50;
  // Share of the candidates, the hardest, that is left out before: mostly mislabelled ones. Less
  // where `count` needs them.
  double hard_cutoff = 0.1;
};

// Coverage-centric coreset selection (Zheng et al. 2023, "Coverage-centric Coreset Selection for
// High Pruning Rates", section 4, algorithm 1): the hardest samples are left out, the rest is cut
// into strata by difficulty, and the budget is shared out evenly over the strata, the smallest
// first, so that what one of them lacks goes to the larger ones; within a stratum samples are drawn
// at random. So sparse regions of difficulty stay covered where taking the hardest alone would
// fail.
//
// Picks `count` of the candidates, which are positions in `difficulty`; drawn from `seed`,
// ascending. count <= candidates.size().
std::vector<uint64_t> CoverDifficulty(std::span<const float> difficulty,
                                      std::span<const uint64_t> candidates, uint64_t count,
                                      uint64_t seed, const CoverageOptions& options = {});

}  // namespace provnet

#endif  // PROVNET_TRAINER_SELECTION_COVERAGE_H_
