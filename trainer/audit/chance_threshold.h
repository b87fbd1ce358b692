#ifndef PROVNET_TRAINER_AUDIT_CHANCE_THRESHOLD_H_
#define PROVNET_TRAINER_AUDIT_CHANCE_THRESHOLD_H_

#include <cstddef>
#include <span>

namespace provnet {

// Where two of `count` samples stop being closer than chance brings them together.
//
// `ratios`, ascending, are those of neighbouring pairs: a pair's distance over that to a farther
// neighbour. Samples that were drawn independently fill their surroundings evenly, so that the
// number of pairs with a ratio below t grows like t^m, with m the dimension in which samples vary
// (as in Levina, Bickel, "Maximum Likelihood Estimation of Intrinsic Dimension", NIPS 2004). The
// law is read off the data, between the ratios of rank count/20 and count/5, and followed down to
// the ratio below which one pair is expected in the whole data set. Pairs below it don't belong to
// the law: they are set aside and the law is read anew, until nothing changes.
//
// At most kLargestChanceRatio. 0 when there are fewer than 2 * count ratios or 100 samples: too few
// to tell.
inline constexpr double kLargestChanceRatio = 0.5;
double ChanceThreshold(std::span<const double> ratios, size_t count);

}  // namespace provnet

#endif  // PROVNET_TRAINER_AUDIT_CHANCE_THRESHOLD_H_
