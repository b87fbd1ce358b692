#ifndef PROVNET_TRAINER_FAITHFULNESS_MULTICLASS_SVM_H_
#define PROVNET_TRAINER_FAITHFULNESS_MULTICLASS_SVM_H_

#include <cstdint>
#include <vector>

#include "trainer/data/float_matrix.h"

namespace provnet {

// How the support vector machine is solved.
struct SvmOptions {
  // Weight of a sample's loss against the weights' norm.
  double cost = 1;
  // Passes over the samples, in an order drawn from the seed; ends earlier once no sample violates
  // the optimality conditions by more than `tolerance`.
  uint32_t max_passes = 100;
  double tolerance = 1e-3;
  uint64_t seed = 1;
};

// The linear multi-class SVM of Crammer and Singer (2001), solved in its dual one sample at a time
// (Keerthi et al. 2008, "A Sequential Dual Method for Large Scale Multi-Class Linear SVMs").
struct Svm {
  // [N, C]: alpha(i, c) is how much sample i pulls the weights of class c along its features; each
  // row sums to 0, is at most `cost` at the own class and at most 0 elsewhere.
  FloatMatrix alpha;
  // [C, D]: weights[c] = sum over i of alpha(i, c) * features[i].
  FloatMatrix weights;
  // The largest violation at the end.
  double violation = 0;
};

// `features` [N, D]; labels below `classes`.
Svm FitMulticlassSvm(const FloatMatrix& features, const std::vector<uint32_t>& labels,
                     uint32_t classes, const SvmOptions& options);

}  // namespace provnet

#endif  // PROVNET_TRAINER_FAITHFULNESS_MULTICLASS_SVM_H_
