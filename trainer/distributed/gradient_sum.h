#ifndef PROVNET_TRAINER_DISTRIBUTED_GRADIENT_SUM_H_
#define PROVNET_TRAINER_DISTRIBUTED_GRADIENT_SUM_H_

#include <torch/types.h>

#include <functional>
#include <vector>

#include "trainer/distributed/world.h"

namespace provnet {

// Sums gradients over the ranks of a world. As backward() computes them, they are packed into
// buckets of some megabytes, and a full bucket is summed in the background while backward() goes on
// (Li et al. 2020, PyTorch Distributed). Ranks must compute gradients in the same order, as equal
// networks do. Not thread-safe.
class GradientSum {
 public:
  // Float32 leaves that require gradients. From now on every backward() that reaches them takes
  // part, and Finish follows it. `world` outlives this object.
  GradientSum(World& world, std::vector<at::Tensor> parameters);
  ~GradientSum();
  GradientSum(const GradientSum&) = delete;
  GradientSum& operator=(const GradientSum&) = delete;

  // Puts the sums into the parameters' gradients, and `more`, float32 [n], replaces by its sum,
  // too.
  void Finish(at::Tensor more);

 private:
  // Gradients one after the other: the first `used` of `values` are those of `members`, in order.
  struct Bucket {
    at::Tensor values;
    int64_t used = 0;
    std::vector<size_t> members;
    std::function<void()> wait;
  };

  void Add(size_t parameter, const at::Tensor& gradient);
  at::Tensor Reserve(int64_t count);
  void SendLast();

  World& world_;
  const std::vector<at::Tensor> parameters_;
  std::vector<unsigned> hooks_;
  // Those of this step; all but the last are under way.
  std::vector<Bucket> buckets_;
};

}  // namespace provnet

#endif  // PROVNET_TRAINER_DISTRIBUTED_GRADIENT_SUM_H_
