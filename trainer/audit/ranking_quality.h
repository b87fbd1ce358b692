#ifndef PROVNET_TRAINER_AUDIT_RANKING_QUALITY_H_
#define PROVNET_TRAINER_AUDIT_RANKING_QUALITY_H_

#include <cstdint>
#include <span>
#include <vector>

namespace provnet {

// Positions of `scores` from the highest score to the lowest; ties in ascending position.
std::vector<uint64_t> RankDescending(std::span<const double> scores);

// How well scores find what they look for, against the truth: entry i of `sought` says whether item
// i is sought. Scores are finite.

// Area under the ROC curve: the probability that a random sought item scores higher than a random
// other one, ties counting half (Mann and Whitney 1947). 0.5 when there are none of either. O(n log
// n).
double AreaUnderRoc(std::span<const double> scores, const std::vector<bool>& sought);

// Share of the sought items among the first round(share * n) of RankDescending(scores); 0 when
// nothing is sought.
double FoundInFirst(double share, std::span<const double> scores, const std::vector<bool>& sought);

}  // namespace provnet

#endif  // PROVNET_TRAINER_AUDIT_RANKING_QUALITY_H_
