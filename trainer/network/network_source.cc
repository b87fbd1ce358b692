#include "trainer/network/network_source.h"

#include <cstdint>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "trainer/network/layer_names.h"

namespace provnet {
namespace {

constexpr char kConvolution[] =
    "    x = torch.conv2d(x, self.$layer_weight, None, [1, 1], [1, 1])\n";
// Rounds up.
constexpr char kPool[] = "    x = torch.max_pool2d(x, [2, 2], [2, 2], [0, 0], [1, 1], True)\n";
constexpr char kNormAndRelu[] =
    "    x = torch.batch_norm(x, self.$layer_norm_weight, self.$layer_norm_bias, "
    "self.$layer_norm_mean, self.$layer_norm_var, self.training, self.momentum, 1e-5, True)\n"
    "    x = torch.relu(x)\n";

// x = (x - mean) / deviation, channel by channel.
std::string Normalization(const NetworkSpec& spec) {
  if (spec.channels == 1) {
    return absl::StrFormat("    x = (x - %.9g) / %.9g\n", spec.channel_mean[0],
                           spec.channel_stddev[0]);
  }
  std::vector<std::string> channels;
  for (uint32_t c = 0; c < spec.channels; ++c) {
    channels.push_back(absl::StrFormat("(x[:, %d:%d] - %.9g) / %.9g", c, c + 1,
                                       spec.channel_mean[c], spec.channel_stddev[c]));
  }
  return absl::StrCat("    x = torch.cat([", absl::StrJoin(channels, ", "), "], 1)\n");
}

// Blocks first .. last-1, from x to x.
std::string Blocks(const NetworkSpec& spec, absl::string_view branch, uint32_t first,
                   uint32_t last) {
  const uint32_t convolutions = ShapeOf(spec.size).convolutions;
  std::string source;
  for (uint32_t block = first; block < last; ++block) {
    for (uint32_t i = 0; i < convolutions; ++i) {
      absl::StrAppend(
          &source, absl::StrReplaceAll(
                       absl::StrCat(kConvolution, i + 1 == convolutions ? kPool : "", kNormAndRelu),
                       {{"$layer", LayerName(branch, block, i)}}));
    }
  }
  return source;
}

// features(): the shared blocks and then, unless all are shared, each branch's own.
std::string Features(const NetworkSpec& spec) {
  const uint32_t shared = SharedBlocks(spec.sharing);
  const std::string trunk = absl::StrCat("def features(self, x):\n", Normalization(spec),
                                         Blocks(spec, kSharedBlocks, 0, shared));
  if (shared == kBlocks) return absl::StrCat(trunk, "    return torch.flatten(x, 1)\n");
  return absl::StrCat(trunk, "    trunk = x\n", Blocks(spec, kClassBranch, shared, kBlocks),
                      "    class_features = torch.flatten(x, 1)\n    x = trunk\n",
                      Blocks(spec, kIndexBranch, shared, kBlocks),
                      "    return torch.cat([class_features, torch.flatten(x, 1)], 1)\n");
}

// The normalisation of the features is decisive for every index head: without it they hardly learn.
constexpr char kIndexFeatures[] = R"(
def normalized(self, features):
    features = features[:, $index_begin:]
    return torch.batch_norm(features, None, None, self.index_mean, self.index_var, self.training, self.momentum, 1e-5, True)
)";

constexpr char kClassBranchHead[] = R"(
def classify(self, features):
    return torch.linear(torch.dropout(features[:, :$branch_dim], $dropout, self.training), self.class_weight, self.class_bias)
)";

// Scores the positions inside a class that the caller names.
constexpr char kClassConditional[] = R"(
def head_input(self, features, class_id):
    return torch.cat([self.normalized(features), torch.one_hot(class_id, $classes).to(features.dtype)], 1)
)";

// Scores all training samples.
constexpr char kClassIndependent[] = R"(
def head_input(self, features, class_id):
    return self.normalized(features)
)";

// One logit a candidate: linear in head_input.
constexpr char kLogits[] = R"(
def attribute(self, features, class_id):
    return torch.linear(self.head_input(features, class_id), self.index_weight, self.index_bias)

def query(self, features, class_id):
    x = self.head_input(features, class_id)
    return torch.cat([x, torch.ones_like(x[:, :1])], 1)

def rows(self):
    return torch.cat([self.index_weight, self.index_bias.unsqueeze(1)], 1)
)";

// Logarithm of the index probability that falls on each class: softmax(classify(f)) is that
// probability.
constexpr char kSingleBranchClasses[] = R"(
def classify(self, features):
    logits = torch.linear(self.normalized(features), self.index_weight, self.index_bias)
    share = torch.softmax(logits, 1)
    classes = torch.zeros([share.size(0), $classes], dtype=share.dtype, device=share.device)
    return torch.log(torch.clamp_min(torch.scatter_add(classes, 1, self.sample_class.expand_as(share), share), 1e-30))
)";

constexpr char kLogitsForward[] = R"(
def forward(self, x):
    features = self.features(x)
    classes = self.classify(features)
    return classes, self.attribute(features, torch.argmax(classes, 1))
)";

// Maps an image to a unit vector; the samples' own vectors are computed with it after training.
constexpr char kEmbedding[] = R"(
def query(self, features, class_id):
    x = torch.linear(self.normalized(features), self.index_weight, self.index_bias)
    x = torch.batch_norm(x, None, None, self.embedding_mean, self.embedding_var, self.training, self.momentum, 1e-5, True)
    return x / x.norm(2, [1], True).clamp_min(1e-12)

def forward(self, x):
    features = self.features(x)
    classes = self.classify(features)
    return classes, self.query(features, torch.argmax(classes, 1))
)";

std::string Heads(v1::HeadType head) {
  switch (head) {
    case v1::HEAD_TYPE_EMBEDDING:
      return absl::StrCat(kClassBranchHead, kEmbedding);
    case v1::HEAD_TYPE_CLASS_INDEPENDENT:
      return absl::StrCat(kClassBranchHead, kClassIndependent, kLogits, kLogitsForward);
    case v1::HEAD_TYPE_SINGLE_BRANCH:
      return absl::StrCat(kClassIndependent, kLogits, kSingleBranchClasses, kLogitsForward);
    default:
      return absl::StrCat(kClassBranchHead, kClassConditional, kLogits, kLogitsForward);
  }
}

}  // namespace

std::string NetworkSource(const NetworkSpec& spec) {
  return absl::StrReplaceAll(absl::StrCat(Features(spec), kIndexFeatures, Heads(spec.head)),
                             {{"$classes", absl::StrCat(spec.classes)},
                              {"$dropout", absl::StrFormat("%#.9g", spec.dropout)},
                              {"$branch_dim", absl::StrCat(BranchDim(spec))},
                              {"$index_begin", absl::StrCat(FeatureDim(spec) - BranchDim(spec))}});
}

}  // namespace provnet
