#include "server/model/script_model.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/model/inference_graph.h"
#include "server/model/torch_status.h"
#include "storage/base/status_macros.h"

namespace provnet {

absl::StatusOr<ScriptModel> ScriptModel::Load(const std::filesystem::path& path,
                                              c10::Device device) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) {
    return absl::NotFoundError(absl::StrCat(path.filename().string(), " is missing"));
  }
  // Scores are compared with those of other machines, and with calibrated ones: no convolution may
  // round to the 10 bits of significand of TF32.
  if (device.is_cuda()) at::globalContext().setAllowTF32CuDNN(false);
  absl::StatusOr<torch::jit::Module> module = TryTorch("read the TorchScript archive", [&] {
    torch::jit::Module loaded = torch::jit::load(path.string(), device);
    loaded.eval();
    return loaded;
  });
  if (!module.ok()) {
    return absl::DataLossError(
        absl::StrCat(path.filename().string(), ": ", module.status().message()));
  }
  ScriptModel model(*std::move(module), device);
  for (const char* method : {"features", "classify"}) {
    if (!model.module_.find_method(method)) {
      return absl::FailedPreconditionError(
          absl::StrCat(path.filename().string(), " has no method ", method,
                       "(); expected features, classify and attribute or query"));
    }
  }
  if (!model.has_attribute_ && !model.has_query_) {
    return absl::FailedPreconditionError(absl::StrCat(
        path.filename().string(), " has neither attribute() nor query(); expected one of them"));
  }
  return model;
}

ScriptModel::ScriptModel(torch::jit::Module module, c10::Device device)
    : module_(std::move(module)),
      device_(device),
      has_attribute_(module_.find_method("attribute").has_value()),
      has_query_(module_.find_method("query").has_value()),
      has_rows_(module_.find_method("rows").has_value()) {}

absl::StatusOr<at::Tensor> ScriptModel::Call(const char* method,
                                             std::vector<c10::IValue> arguments) const {
  return TryTorch(absl::StrCat("run ", method, "()"), [&] {
    const c10::InferenceMode inference;
    return module_.get_method(method)(std::move(arguments)).toTensor();
  });
}

absl::Status ScriptModel::SpeedUpFeatures(const at::Tensor& probe) {
  if (!device_.is_cpu())
    return absl::UnimplementedError("there is no faster features() off the CPU");
  const absl::StatusOr<torch::jit::Module> fast = TryTorch("optimise features()", [&] {
    const c10::InferenceMode inference;
    torch::jit::Module optimised = OptimizeForInference(module_, "features");
    const at::Tensor want = module_.get_method("features")({probe}).toTensor();
    const at::Tensor got = optimised.get_method("features")({probe}).toTensor();
    TORCH_CHECK(want.sizes() == got.sizes() && at::allclose(got, want, 1e-4, 1e-5),
                "the optimised features() differ");
    return optimised;
  });
  PROVNET_RETURN_IF_ERROR(fast.status());
  fast_features_ = *fast;
  return absl::OkStatus();
}

absl::StatusOr<at::Tensor> ScriptModel::Features(const at::Tensor& inputs) const {
  if (!fast_features_.has_value()) return Call("features", {inputs});
  return TryTorch("run features()", [&] {
    const c10::InferenceMode inference;
    return fast_features_->get_method("features")({inputs}).toTensor();
  });
}

absl::StatusOr<at::Tensor> ScriptModel::Classify(const at::Tensor& features) const {
  return Call("classify", {features});
}

absl::StatusOr<at::Tensor> ScriptModel::Attribute(const at::Tensor& features,
                                                  const at::Tensor& class_ids) const {
  return Call("attribute", {features, class_ids});
}

absl::StatusOr<at::Tensor> ScriptModel::Query(const at::Tensor& features,
                                              const at::Tensor& class_ids) const {
  return Call("query", {features, class_ids});
}

absl::StatusOr<at::Tensor> ScriptModel::Rows() const { return Call("rows", {}); }

}  // namespace provnet
