#ifndef PROVNET_TRAINER_AUDIT_CONFIDENT_JOINT_H_
#define PROVNET_TRAINER_AUDIT_CONFIDENT_JOINT_H_

#include <cstdint>
#include <span>
#include <vector>

#include "trainer/data/float_matrix.h"

namespace provnet {

// Which labels are confused with which, estimated by confident learning (Northcutt, Jiang, Chuang,
// "Confident Learning: Estimating Uncertainty in Dataset Labels", JAIR 2021, section 3.1).
struct ConfidentJoint {
  // By class: the mean probability that samples labelled with it have of being in it; 1 for a class
  // without samples.
  std::vector<double> thresholds;
  // counts[given][suggested], C x C: samples whose probability reaches the threshold of a class,
  // under the class that has the most probability among those.
  std::vector<std::vector<uint64_t>> counts;
  // The same, with each row scaled to the number of samples that have its label.
  std::vector<std::vector<double>> calibrated;
  // The sum of `calibrated` off the diagonal.
  double estimated_errors = 0;
};

// From probabilities [n, C] that come from models that did not see the sample, and labels below C.
// O(n C).
ConfidentJoint EstimateConfidentJoint(const FloatMatrix& probabilities,
                                      std::span<const uint32_t> labels);

}  // namespace provnet

#endif  // PROVNET_TRAINER_AUDIT_CONFIDENT_JOINT_H_
