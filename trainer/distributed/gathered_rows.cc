#include "trainer/distributed/gathered_rows.h"

#include <torch/torch.h>

#include <vector>

namespace provnet {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// The collectives want equal shapes: shares are filled up to the largest.
at::Tensor Padded(const at::Tensor& rows, int64_t count) {
  if (rows.size(0) == count) return rows;
  return at::cat({rows, rows.new_zeros({count - rows.size(0), rows.size(1)})});
}

at::Tensor Collect(World& world, const at::Tensor& rows, int64_t total) {
  const RankOf who = world.who();
  const at::Tensor all = world.Gather(Padded(rows, LargestShare(total, who.ranks)));
  std::vector<at::Tensor> parts;
  for (uint32_t rank = 0; rank < who.ranks; ++rank) {
    parts.push_back(all[rank].narrow(0, 0, ShareOf(total, {rank, who.ranks}).size()));
  }
  return at::cat(parts);
}

// The sum over the ranks of what each has for the rows of this one.
at::Tensor SumOwn(World& world, const at::Tensor& rows) {
  const RankOf who = world.who();
  const int64_t largest = LargestShare(rows.size(0), who.ranks);
  std::vector<at::Tensor> parts;
  for (uint32_t rank = 0; rank < who.ranks; ++rank) {
    const Share share = ShareOf(rows.size(0), {rank, who.ranks});
    parts.push_back(Padded(rows.narrow(0, share.begin, share.size()), largest));
  }
  return world.Exchange(at::stack(parts)).sum(0).narrow(0, 0, ShareOf(rows.size(0), who).size());
}

class Gathering : public torch::autograd::Function<Gathering> {
 public:
  static at::Tensor forward(AutogradContext* context, const at::Tensor& rows, World* world,
                            int64_t total) {
    context->saved_data["world"] = reinterpret_cast<int64_t>(world);
    return Collect(*world, rows, total);
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    World& world = *reinterpret_cast<World*>(context->saved_data["world"].toInt());
    return {SumOwn(world, gradients[0]), {}, {}};
  }
};

}  // namespace

at::Tensor GatherRows(World& world, const at::Tensor& rows, int64_t total) {
  return Gathering::apply(rows, &world, total);
}

}  // namespace provnet
