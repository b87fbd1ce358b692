#include "trainer/network/provenance_network.h"

#include <torch/script.h>
#include <torch/torch.h>

#include <cmath>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "server/model/torch_status.h"
#include "storage/base/status_macros.h"
#include "trainer/network/layer_names.h"
#include "trainer/network/network_source.h"

namespace provnet {
namespace {

// Draws every initial value from one generator, in the order of registration.
class Initializer {
 public:
  Initializer(torch::jit::Module& module, uint64_t seed)
      : module_(module), generator_(at::detail::createCPUGenerator(seed)) {}

  // PyTorch's default for layers with `fan_in` inputs an output: uniform in +-1/sqrt(fan_in), for
  // weights and biases.
  void Uniform(const std::string& name, at::IntArrayRef shape, int64_t fan_in) {
    const double bound = 1.0 / std::sqrt(static_cast<double>(fan_in));
    at::Tensor values = at::empty(shape).uniform_(-bound, bound, generator_);
    if (values.dim() == 4) values = values.contiguous(at::MemoryFormat::ChannelsLast);
    Parameter(name, values);
  }

  void Parameter(const std::string& name, at::Tensor values) {
    module_.register_parameter(name, values.set_requires_grad(true), /*is_buffer=*/false);
  }

  void RunningStatistics(const std::string& prefix, int64_t size) {
    module_.register_buffer(prefix + "_mean", at::zeros({size}));
    module_.register_buffer(prefix + "_var", at::ones({size}));
  }

  // int64 [N].
  void SampleClasses(const std::vector<uint32_t>& classes) {
    module_.register_buffer(
        "sample_class",
        at::tensor(std::vector<int64_t>(classes.begin(), classes.end()), at::kLong));
  }

 private:
  torch::jit::Module& module_;
  at::Generator generator_;
};

// Registers blocks first .. last-1 of one part of the backbone.
void RegisterBlocks(const NetworkSpec& spec, absl::string_view branch, uint32_t first,
                    uint32_t last, Initializer& init) {
  const BackboneShape shape = ShapeOf(spec.size);
  for (uint32_t block = first; block < last; ++block) {
    const int64_t outputs = shape.channels[block];
    int64_t inputs = block == 0 ? int64_t{spec.channels} : shape.channels[block - 1];
    for (uint32_t i = 0; i < shape.convolutions; ++i) {
      const std::string layer = LayerName(branch, block, i);
      init.Uniform(layer + "_weight", {outputs, inputs, 3, 3}, 9 * inputs);
      init.Parameter(layer + "_norm_weight", at::ones({outputs}));
      init.Parameter(layer + "_norm_bias", at::zeros({outputs}));
      init.RunningStatistics(layer + "_norm", outputs);
      inputs = outputs;
    }
  }
}

void RegisterBackbone(const NetworkSpec& spec, Initializer& init) {
  const uint32_t shared = SharedBlocks(spec.sharing);
  RegisterBlocks(spec, kSharedBlocks, 0, shared, init);
  if (shared == kBlocks) return;
  RegisterBlocks(spec, kClassBranch, shared, kBlocks, init);
  RegisterBlocks(spec, kIndexBranch, shared, kBlocks, init);
}

void RegisterHeads(const NetworkSpec& spec, Initializer& init) {
  const int64_t features = BranchDim(spec);
  if (spec.head != v1::HEAD_TYPE_SINGLE_BRANCH) {
    init.Uniform("class_weight", {spec.classes, features}, features);
    init.Uniform("class_bias", {spec.classes}, features);
  }
  init.RunningStatistics("index", features);
  const bool conditional = spec.head == v1::HEAD_TYPE_CLASS_CONDITIONAL;
  const int64_t index_inputs = conditional ? features + spec.classes : features;
  init.Uniform("index_weight", {spec.index_dim, index_inputs}, index_inputs);
  init.Uniform("index_bias", {spec.index_dim}, index_inputs);
  if (spec.head == v1::HEAD_TYPE_EMBEDDING) init.RunningStatistics("embedding", spec.index_dim);
  if (spec.head == v1::HEAD_TYPE_SINGLE_BRANCH) init.SampleClasses(spec.sample_classes);
}

}  // namespace

absl::StatusOr<ProvenanceNetwork> ProvenanceNetwork::Create(const NetworkSpec& spec,
                                                            uint64_t seed) {
  PROVNET_RETURN_IF_ERROR(ValidateNetworkSpec(spec));
  return TryTorch("build the network", [&]() -> absl::StatusOr<ProvenanceNetwork> {
    torch::jit::Module module("ProvenanceNetwork");
    // Module::train() and eval() look for this attribute.
    module.register_attribute("training", c10::BoolType::get(), true);
    module.register_attribute("momentum", c10::FloatType::get(), kStatisticsMomentum);
    Initializer init(module, seed);
    RegisterBackbone(spec, init);
    RegisterHeads(spec, init);
    module.define(NetworkSource(spec));
    return ProvenanceNetwork(spec, std::move(module));
  });
}

at::Tensor ProvenanceNetwork::Features(const at::Tensor& input) {
  return active().get_method("features")({input}).toTensor();
}

at::Tensor ProvenanceNetwork::Classify(const at::Tensor& features) {
  return active().get_method("classify")({features}).toTensor();
}

at::Tensor ProvenanceNetwork::Attribute(const at::Tensor& features, const at::Tensor& class_id) {
  return active().get_method("attribute")({features, class_id}).toTensor();
}

at::Tensor ProvenanceNetwork::Query(const at::Tensor& features, const at::Tensor& class_id) {
  return active().get_method("query")({features, class_id}).toTensor();
}

at::Tensor ProvenanceNetwork::Rows() { return module_.get_method("rows")({}).toTensor(); }

at::Tensor ProvenanceNetwork::HeadInput(const at::Tensor& features, const at::Tensor& class_id) {
  return module_.get_method("head_input")({features, class_id}).toTensor();
}

ProvenanceNetwork::IndexHead ProvenanceNetwork::index_head() const {
  return {module_.attr("index_weight").toTensor(), module_.attr("index_bias").toTensor()};
}

void ProvenanceNetwork::SetIndexHead(const IndexHead& head) {
  module_.setattr("index_weight", head.weight);
  module_.setattr("index_bias", head.bias);
  if (!substitute_) return;
  substitute_->setattr("index_weight", head.weight);
  substitute_->setattr("index_bias", head.bias);
}

c10::Device ProvenanceNetwork::device() const { return index_head().weight.device(); }

void ProvenanceNetwork::MoveTo(c10::Device device) { module_.to(device); }

void ProvenanceNetwork::SetTraining(bool training) {
  module_.train(training);
  if (substitute_) substitute_->train(training);
}

void ProvenanceNetwork::SetStatisticsMomentum(double momentum) {
  module_.setattr("momentum", momentum);
  if (substitute_) substitute_->setattr("momentum", momentum);
}

void ProvenanceNetwork::SubstituteBatchNorm(const c10::IValue& norm) {
  torch::jit::Module module("ProvenanceNetwork");
  for (const char* name : {"training", "momentum"}) {
    module.register_attribute(name, module_.attr(name).type(), module_.attr(name));
  }
  module.register_attribute("norm", norm.type(), norm);
  for (const auto& parameter : module_.named_parameters()) {
    module.register_parameter(parameter.name, parameter.value, /*is_buffer=*/false);
  }
  for (const auto& buffer : module_.named_buffers()) {
    module.register_buffer(buffer.name, buffer.value);
  }
  module.define(
      absl::StrReplaceAll(NetworkSource(spec_), {{"torch.batch_norm(", "self.norm.batch_norm("}}));
  substitute_ = std::move(module);
}

std::vector<at::Tensor> ProvenanceNetwork::RunningStatistics() const {
  std::vector<at::Tensor> statistics;
  for (const auto& buffer : module_.buffers()) {
    if (buffer.is_floating_point()) statistics.push_back(buffer);
  }
  return statistics;
}

std::vector<at::Tensor> ProvenanceNetwork::Parameters() const {
  std::vector<at::Tensor> parameters;
  for (const auto& parameter : module_.parameters()) parameters.push_back(parameter);
  return parameters;
}

uint64_t ProvenanceNetwork::ParameterCount() const {
  uint64_t count = 0;
  for (const auto& parameter : module_.parameters()) {
    count += static_cast<uint64_t>(parameter.numel());
  }
  return count;
}

std::vector<std::pair<std::string, at::Tensor>> ProvenanceNetwork::NamedState() const {
  std::vector<std::pair<std::string, at::Tensor>> state;
  for (const auto& parameter : module_.named_parameters()) {
    state.emplace_back(parameter.name, parameter.value);
  }
  for (const auto& buffer : module_.named_buffers()) state.emplace_back(buffer.name, buffer.value);
  return state;
}

std::string ProvenanceNetwork::Serialize() {
  const bool was_training = module_.is_training();
  module_.eval();
  std::ostringstream bytes;
  module_.save(bytes);
  module_.train(was_training);
  return std::move(bytes).str();
}

}  // namespace provnet
