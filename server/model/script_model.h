#ifndef PROVNET_SERVER_MODEL_SCRIPT_MODEL_H_
#define PROVNET_SERVER_MODEL_SCRIPT_MODEL_H_

#include <torch/script.h>

#include <filesystem>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace provnet {

// A TorchScript provenance network in evaluation mode on one device. Its methods, all batched, B >=
// 1:
//   features(x float32 [B,C,H,W], pixels / 255) -> float32 [B,D]
//   classify(features) -> float32 [B, classes], logits
// and at least one of
//   attribute(features, class_id int64 [B]) -> float32 [B,M], one logit a position or sample
//   query(features, class_id) -> float32 [B,R], to be multiplied with a matrix of rows
// A head whose logits are linear may offer attribute and query together with
//   rows() -> float32 [M,R], with attribute(f, y) = query(f, y) rows()^T
// so that the engine can pack the rows once and multiply in its own precision.
//
// Thread-safe: evaluation changes nothing. Errors are LibTorch's, as INTERNAL or
// RESOURCE_EXHAUSTED.
class ScriptModel {
 public:
  // NOT_FOUND for a missing file; FAILED_PRECONDITION naming the method that is missing; DATA_LOSS
  // when the file is no TorchScript archive.
  static absl::StatusOr<ScriptModel> Load(const std::filesystem::path& path, c10::Device device);

  // Makes features() faster, on the CPU, where LibTorch can and the result is the same on `probe`
  // (some inputs) up to rounding. An error says why not, and changes nothing. Call before the model
  // is shared.
  absl::Status SpeedUpFeatures(const at::Tensor& probe);

  c10::Device device() const { return device_; }
  bool has_attribute() const { return has_attribute_; }
  bool has_query() const { return has_query_; }
  bool has_rows() const { return has_rows_; }

  // Inputs are on device(); so are the results.
  absl::StatusOr<at::Tensor> Features(const at::Tensor& inputs) const;
  absl::StatusOr<at::Tensor> Classify(const at::Tensor& features) const;
  absl::StatusOr<at::Tensor> Attribute(const at::Tensor& features,
                                       const at::Tensor& class_ids) const;
  absl::StatusOr<at::Tensor> Query(const at::Tensor& features, const at::Tensor& class_ids) const;
  absl::StatusOr<at::Tensor> Rows() const;

 private:
  ScriptModel(torch::jit::Module module, c10::Device device);
  absl::StatusOr<at::Tensor> Call(const char* method, std::vector<c10::IValue> arguments) const;

  torch::jit::Module module_;
  // With a faster features() and nothing else; unset where there is none.
  std::optional<torch::jit::Module> fast_features_;
  c10::Device device_;
  bool has_attribute_ = false;
  bool has_query_ = false;
  bool has_rows_ = false;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_MODEL_SCRIPT_MODEL_H_
