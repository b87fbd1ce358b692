#include "tests/benchmarks/reference_network.h"

#include <torch/torch.h>

#include <array>
#include <cmath>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace provnet {
namespace {

constexpr std::array<int64_t, 3> kChannels = {32, 64, 128};
// What 28 x 28 pixels are after three poolings that round down: 3 x 3.
constexpr int64_t kFlattened = 128 * 3 * 3;

constexpr char kBlock[] = R"(
def block$i(self, x):
    x = torch.conv2d(x, self.conv$i_weight, self.conv$i_bias, [1, 1], [1, 1])
    x = torch.batch_norm(x, self.norm$i_weight, self.norm$i_bias, self.norm$i_mean, self.norm$i_var, self.training, 1.0, 1e-5, True)
    return torch.max_pool2d(torch.relu(x), [2, 2], [2, 2])
)";

constexpr char kHeads[] = R"(
def features(self, x):
    x = torch.flatten(self.block3(self.block2(self.block1(x))), 1)
    return torch.relu(torch.linear(x, self.hidden_weight, self.hidden_bias))

def classify(self, features):
    return torch.linear(features, self.class_weight, self.class_bias)

def head_input(self, features, class_id):
    return torch.cat([features, torch.one_hot(class_id, 10).to(features.dtype)], 1)

def attribute(self, features, class_id):
    return torch.linear(self.head_input(features, class_id), self.index_weight, self.index_bias)

def query(self, features, class_id):
    x = self.head_input(features, class_id)
    return torch.cat([x, torch.ones_like(x[:, :1])], 1)

def rows(self):
    return torch.cat([self.index_weight, self.index_bias.unsqueeze(1)], 1)

def forward(self, x):
    features = self.features(x)
    classes = self.classify(features)
    return classes, self.attribute(features, torch.argmax(classes, 1))
)";

// Uniform within +- 1 / sqrt(inputs of a unit), as PyTorch initialises its layers.
void AddLayer(torch::jit::Module& module, const std::string& name, at::IntArrayRef shape) {
  const int64_t inputs = at::empty(shape, at::kMeta).numel() / shape[0];
  const double bound = 1 / std::sqrt(static_cast<double>(inputs));
  module.register_parameter(name + "_weight", at::rand(shape).mul_(2 * bound).sub_(bound), false);
  module.register_parameter(name + "_bias", at::rand({shape[0]}).mul_(2 * bound).sub_(bound),
                            false);
}

void AddNorm(torch::jit::Module& module, const std::string& name, int64_t channels) {
  module.register_parameter(name + "_weight", at::rand({channels}).add_(0.5), false);
  module.register_parameter(name + "_bias", at::randn({channels}).mul_(0.1), false);
  module.register_buffer(name + "_mean", at::zeros({channels}));
  module.register_buffer(name + "_var", at::ones({channels}));
}

}  // namespace

torch::jit::Module MakeReferenceNetwork(uint64_t seed) {
  const torch::NoGradGuard no_grad;
  torch::manual_seed(seed);
  torch::jit::Module module("Reference");
  module.register_attribute("training", c10::BoolType::get(), true);
  int64_t inputs = 1;
  std::string source;
  for (size_t block = 0; block < kChannels.size(); ++block) {
    const std::string number = std::to_string(block + 1);
    AddLayer(module, "conv" + number, {kChannels[block], inputs, 3, 3});
    AddNorm(module, "norm" + number, kChannels[block]);
    absl::StrAppend(&source, absl::StrReplaceAll(kBlock, {{"$i", number}}));
    inputs = kChannels[block];
  }
  AddLayer(module, "hidden", {kReferenceFeatures, kFlattened});
  AddLayer(module, "class", {kReferenceClasses, kReferenceFeatures});
  AddLayer(module, "index", {kReferenceClassSize, kReferenceFeatures + kReferenceClasses});
  module.define(source + kHeads);
  // One pass in training mode: with momentum 1 the statistics become those of this batch.
  module.get_method("features")({at::rand({512, 1, kReferenceSide, kReferenceSide})});
  module.eval();
  return module;
}

}  // namespace provnet
