#include "trainer/training/index_rows.h"

#include <torch/torch.h>

#include <functional>
#include <vector>

namespace provnet {
namespace {

using torch::optim::AdamWOptions;
using torch::optim::AdamWParamState;

at::Tensor OwnRows(const at::Tensor& rows, RankOf who) {
  const Share own = ShareOf(rows.size(0), who);
  return rows.detach().narrow(0, own.begin, own.size()).clone();
}

// All ranks' rows, of which there are `total`, on rank 0; undefined elsewhere.
at::Tensor AllRows(World& world, const at::Tensor& own, int64_t total) {
  const RankOf who = world.who();
  std::vector<int64_t> shape = own.sizes().vec();
  shape[0] = LargestShare(total, who.ranks);
  const at::Tensor padded = at::zeros(shape, own.options());
  padded.narrow(0, 0, own.size(0)).copy_(own.detach());
  const at::Tensor all = world.GatherAtRank0(padded);
  if (!all.defined()) return all;
  std::vector<at::Tensor> parts;
  for (uint32_t rank = 0; rank < who.ranks; ++rank) {
    parts.push_back(all[rank].narrow(0, 0, ShareOf(total, {rank, who.ranks}).size()));
  }
  return at::cat(parts);
}

// Maps each tensor of a parameter's state.
void CopyState(AdamWParamState& from, AdamWParamState& to,
               const std::function<at::Tensor(const at::Tensor&)>& map) {
  to.step(from.step());
  to.exp_avg(map(from.exp_avg())).exp_avg_sq(map(from.exp_avg_sq()));
}

at::Tensor Same(const at::Tensor& tensor) { return tensor; }

std::unique_ptr<FusedAdamW> OptimizerLike(FusedAdamW& other, const ProvenanceNetwork& network) {
  return std::make_unique<FusedAdamW>(
      network.Parameters(), static_cast<const AdamWOptions&>(other.param_groups()[0].options()));
}

bool IsIn(const at::Tensor& tensor, const ProvenanceNetwork::IndexHead& head) {
  return tensor.is_same(head.weight) || tensor.is_same(head.bias);
}

}  // namespace

bool SpreadsIndexRows(const ProvenanceNetwork& network) {
  if (network.spec().head == v1::HEAD_TYPE_EMBEDDING) return false;
  const ProvenanceNetwork::IndexHead head = network.index_head();
  const uint64_t size = static_cast<uint64_t>(head.weight.numel() + head.bias.numel());
  return 2 * size > network.ParameterCount();
}

std::unique_ptr<FusedAdamW> KeepOwnRows(RankOf who, ProvenanceNetwork& network, FusedAdamW& whole) {
  const std::vector<at::Tensor> before = network.Parameters();
  const ProvenanceNetwork::IndexHead head = network.index_head();
  network.SetIndexHead({OwnRows(head.weight, who).set_requires_grad(true),
                        OwnRows(head.bias, who).set_requires_grad(true)});
  std::unique_ptr<FusedAdamW> own = OptimizerLike(whole, network);
  // Before the first step there is no state, and zeros would only take room.
  if (whole.state().empty()) return own;
  const std::vector<at::Tensor> after = network.Parameters();
  for (size_t i = 0; i < before.size(); ++i) {
    CopyState(whole.StateOf(before[i]), own->StateOf(after[i]), [&](const at::Tensor& tensor) {
      return IsIn(before[i], head) ? OwnRows(tensor, who) : tensor;
    });
  }
  return own;
}

void CollectRows(World& world, ProvenanceNetwork& network) {
  const ProvenanceNetwork::IndexHead own = network.index_head();
  const int64_t total = network.spec().index_dim;
  const at::Tensor weight = AllRows(world, own.weight, total);
  const at::Tensor bias = AllRows(world, own.bias, total);
  if (!weight.defined()) return;
  network.SetIndexHead(
      {at::Tensor(weight).set_requires_grad(true), at::Tensor(bias).set_requires_grad(true)});
}

std::unique_ptr<FusedAdamW> CollectRowsAndState(World& world, ProvenanceNetwork& network,
                                                FusedAdamW& own) {
  const std::vector<at::Tensor> before = network.Parameters();
  const ProvenanceNetwork::IndexHead head = network.index_head();
  const int64_t total = network.spec().index_dim;
  CollectRows(world, network);
  const std::vector<at::Tensor> after = network.Parameters();
  std::unique_ptr<FusedAdamW> whole;
  if (world.who().rank == 0) whole = OptimizerLike(own, network);
  for (size_t i = 0; i < before.size(); ++i) {
    AdamWParamState& state = own.StateOf(before[i]);
    if (IsIn(before[i], head)) {
      const at::Tensor mean = AllRows(world, state.exp_avg(), total);
      const at::Tensor square = AllRows(world, state.exp_avg_sq(), total);
      if (whole) {
        whole->StateOf(after[i]).exp_avg(mean).exp_avg_sq(square);
        whole->StateOf(after[i]).step(state.step());
      }
    } else if (whole) {
      CopyState(state, whole->StateOf(after[i]), Same);
    }
  }
  return whole;
}

}  // namespace provnet
