#ifndef PROVNET_TRAINER_NETWORK_PROVENANCE_NETWORK_H_
#define PROVNET_TRAINER_NETWORK_PROVENANCE_NETWORK_H_

#include <torch/script.h>

#include <cstdint>
#include <optional>
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
// Methods throw what LibTorch throws; see TryTorch. A handle: copies share the module. Not
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

  // The same heads: what Attribute multiplies with the index head's weights, [B, R - 1]. Normalises
  // by torch.batch_norm even where that is substituted: for the features of a whole batch.
  at::Tensor HeadInput(const at::Tensor& features, const at::Tensor& class_id);

  // The index head's parameters, sharing memory with the network: [index_dim, R - 1] and
  // [index_dim].
  struct IndexHead {
    at::Tensor weight;
    at::Tensor bias;
  };
  IndexHead index_head() const;
  // Replaces the parameters. Those of other than index_dim rows stand for a part of the head: then
  // what looks at all of it, Attribute, Rows and Serialize, has no meaning.
  void SetIndexHead(const IndexHead& head);

  // Where the tensors are; a new network's are in main memory.
  c10::Device device() const;
  // Moves them all. Inputs belong on the same device. Before SubstituteBatchNorm, or after its end.
  void MoveTo(c10::Device device);

  // Training mode uses batch statistics and dropout, and updates the running statistics.
  void SetTraining(bool training);
  // Weight with which a training batch's statistics enter the running ones, in (0, 1].
  void SetStatisticsMomentum(double momentum);

  // Trains with `norm` in place of torch.batch_norm: an object with a method batch_norm that takes
  // and returns the same. What Serialize writes keeps torch.batch_norm. Shared by copies made from
  // now on.
  void SubstituteBatchNorm(const c10::IValue& norm);
  // Ends that.
  void RestoreBatchNorm() { substitute_.reset(); }

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

  // What computes.
  torch::jit::Module& active() { return substitute_ ? *substitute_ : module_; }

  NetworkSpec spec_;
  torch::jit::Module module_;
  // The same parameters and statistics under another definition.
  std::optional<torch::jit::Module> substitute_;
};

}  // namespace provnet

#endif  // PROVNET_TRAINER_NETWORK_PROVENANCE_NETWORK_H_
