#include "trainer/training/run_state.h"

#include <torch/torch.h>

namespace provnet {
namespace {

// Whatever the order of its elements in memory.
void Take(World& world, at::Tensor values) {
  const at::Tensor flat = values.contiguous();
  world.Broadcast(flat);
  values.copy_(flat);
}

}  // namespace

void TakeStateOfRank0(World& world, RunPosition& position, ProvenanceNetwork& network,
                      FusedAdamW& optimizer) {
  const at::NoGradGuard no_gradient;
  const at::Tensor numbers = at::tensor({static_cast<double>(position.completed_epochs),
                                         absl::ToDoubleSeconds(position.training_time)},
                                        at::kDouble);
  world.Broadcast(numbers);
  position.completed_epochs = static_cast<uint32_t>(numbers[0].item<double>());
  position.training_time = absl::Seconds(numbers[1].item<double>());
  for (const auto& [name, tensor] : network.NamedState()) Take(world, tensor.detach());
  if (position.completed_epochs == 0) return;
  for (const at::Tensor& parameter : network.Parameters()) {
    torch::optim::AdamWParamState& state = optimizer.StateOf(parameter);
    const at::Tensor step = at::tensor({state.step()}, at::kLong);
    world.Broadcast(step);
    state.step(step.item<int64_t>());
    Take(world, state.exp_avg());
    Take(world, state.exp_avg_sq());
  }
}

}  // namespace provnet
