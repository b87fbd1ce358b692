#ifndef PROVNET_TRAINER_AUDIT_LABEL_SCORES_H_
#define PROVNET_TRAINER_AUDIT_LABEL_SCORES_H_

#include <cstdint>
#include <span>
#include <vector>

#include "trainer/audit/nearest_rows.h"
#include "trainer/data/float_matrix.h"

namespace provnet {

// How doubtful each label is.
struct LabelScores {
  // [n, C]; rows sum to 1.
  FloatMatrix probabilities;
  // ln of the probability of the most probable other class over that of the label: above 0 where
  // another class is more probable. Finite.
  std::vector<double> log_odds;
  // The most probable class: the label itself where log_odds is below 0.
  std::vector<uint32_t> suggested;
};

// Class probabilities [n, C] from the votes of neighbours: (votes for the class + 1/C) / (k + 1).
// `labels` are those of the neighbours' rows.
FloatMatrix NeighbourVotes(const NeighbourLists& neighbours, std::span<const uint32_t> labels,
                           size_t classes);

// Scores labels by log_probabilities [n, C] of models plus ln of neighbours' votes [n, C], each row
// normalised: both, in the models' case from several fits, have to err alike for a right label to
// look wrong. At least two classes.
LabelScores ScoreLabels(const FloatMatrix& log_probabilities, const FloatMatrix& votes,
                        std::span<const uint32_t> labels);

}  // namespace provnet

#endif  // PROVNET_TRAINER_AUDIT_LABEL_SCORES_H_
