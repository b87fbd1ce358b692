#ifndef PROVNET_TRAINER_NETWORK_PROVENANCE_NETWORK_H_
#define PROVNET_TRAINER_NETWORK_PROVENANCE_NETWORK_H_

#include <torch/script.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "trainer/network/network_spec.h"

namespace provnet {

// The momentum that a network starts with.
inline constexpr double kStatisticsMomentum = 0.1;

// A provenance network: a TorchScript module with float32 parameters, trained in place and saved as
// model.pt.
//
// B is the batch size, D the feature length, C the number of classes; M, N or d is the spec's
// index_dim.
// Methods throw what LibTorch throws; see torch_errors.h. A handle: copies share the module. Not
// thread-safe while training; in evaluation mode the const use of the module is.
class ProvenanceNetwork {
 public:
  // A network in training mode, initialised as PyTorch does its layers, from `seed` alone.
  // INVALID_ARGUMENT for a bad spec.
  static absl::StatusOr<ProvenanceNetwork> Create(const NetworkSpec& spec, uint64_t seed);

  const NetworkSpec& spec() const { return spec_; }

  // float32 [B, channels, height, width] in 0..1 -> [B, D]. Fastest on channels-last inputs.
  at::Tensor Features(const at::Tensor& input);
  // [B, D] -> class logits [B, C]; with dropout in training mode. Single-branch: logarithms of the
  // index probability that falls on each class.
  at::Tensor Classify(const at::Tensor& features);
  // Heads with one logit a candidate. Class-conditional: [B, D], int64 [B] -> position logits [B,
  // M]; those >= K_y mean nothing. Class-independent and single-branch: sample logits [B, N],
  // whatever the class.
  at::Tensor Attribute(const at::Tensor& features, const at::Tensor& class_id);
  // [B, D], int64 [B] -> [B, R], the left factor of the index logits. Embedding heads: unit
  // vectors, R = d; class_id is ignored. Others: Attribute == Query * Rows^T.
  at::Tensor Query(const at::Tensor& features, const at::Tensor& class_id);
  // Heads with one logit a candidate: the right factor, [M or N, R].
  at::Tensor Rows();

  // Training mode uses batch statistics and dropout, and updates the running statistics.
  void SetTraining(bool training);
  // Weight with which a training batch's statistics enter the running ones, in (0, 1].
  void SetStatisticsMomentum(double momentum);

  // Numbers in Parameters().
  uint64_t ParameterCount() const;
  // Trainable tensors, in a fixed order, requiring gradients.
  std::vector<at::Tensor> Parameters() const;
  // Means and variances of batch normalisation, in a fixed order, sharing memory with the network.
  std::vector<at::Tensor> RunningStatistics() const;
  // Parameters and running statistics by name, in a fixed order, sharing memory with the network.
  std::vector<std::pair<std::string, at::Tensor>> NamedState() const;

  // The bytes of model.pt, in evaluation mode; the mode is restored.
  std::string Serialize();

 private:
  ProvenanceNetwork(NetworkSpec spec, torch::jit::Module module)
      : spec_(spec), module_(std::move(module)) {}

  NetworkSpec spec_;
  torch::jit::Module module_;
};

}  // namespace provnet

#endif  // PROVNET_TRAINER_NETWORK_PROVENANCE_NETWORK_H_
