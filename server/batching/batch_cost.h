#ifndef PROVNET_SERVER_BATCHING_BATCH_COST_H_
#define PROVNET_SERVER_BATCHING_BATCH_COST_H_

#include <cstddef>

#include "absl/time/time.h"

namespace provnet {

// What a batch of n costs, learned from the batches that ran: a + b n, both at least 0.
// Thread-compatible.
//
// Least squares with exponential forgetting: a batch counts half as much once some thirty more have
// run, so that the line follows a machine that becomes busy. Where all sizes were alike their
// line's slope is unknown; a weak prior then makes it the proportional one (a = 0), which never
// takes a larger batch for cheaper than it is. Constant time and memory.
//
// It knows its own errors, too, as TCP's retransmission timer does (Jacobson, Congestion Avoidance
// and Control, section 2): the mean of took over predicted, and how far from it they were. Both
// follow within a few batches, far sooner than the line.
class BatchCost {
 public:
  // A batch of `size`, at least 1, ran for `took`.
  void Observe(size_t size, absl::Duration took);

  // Zero before the first observation.
  absl::Duration Predict(size_t size) const;

  // What hardly a batch of that size will exceed, or `count` of them one after another, whose
  // errors are taken for independent: they grow with the root of the count. At least `count` times
  // Predict.
  absl::Duration PredictAtMost(size_t size, size_t count = 1) const {
    return Predict(size) * AtMostFactor(count);
  }
  // PredictAtMost(size, count) over Predict(size), whatever the size.
  double AtMostFactor(size_t count) const;

  bool known() const { return weight_ > 0; }
  // Whether batches were of sizes so different that the prior has the smaller say in the slope.
  bool sizes_differ() const;

 private:
  // Of the sizes of batches.
  double Variance() const;

  // Exponentially weighted sums over the observations: 1, n, n^2, t, n t (t in seconds).
  double weight_ = 0;
  double sizes_ = 0;
  double squares_ = 0;
  double seconds_ = 0;
  double products_ = 0;
  // Of took over predicted.
  double mean_ratio_ = 1;
  double deviation_ = 0;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_BATCHING_BATCH_COST_H_
