#include "trainer/network/network_source.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace provnet {
namespace {

// Three blocks of convolution, pooling (rounding up), batch normalisation, rectification.
constexpr char kBackbone[] = R"(
def features(self, x):
    x = (x - 0.1307) / 0.3081
    x = torch.conv2d(x, self.conv1_weight, None, [1, 1], [1, 1])
    x = torch.max_pool2d(x, [2, 2], [2, 2], [0, 0], [1, 1], True)
    x = torch.batch_norm(x, self.norm1_weight, self.norm1_bias, self.norm1_mean, self.norm1_var, self.training, self.momentum, 1e-5, True)
    x = torch.relu(x)
    x = torch.conv2d(x, self.conv2_weight, None, [1, 1], [1, 1])
    x = torch.max_pool2d(x, [2, 2], [2, 2], [0, 0], [1, 1], True)
    x = torch.batch_norm(x, self.norm2_weight, self.norm2_bias, self.norm2_mean, self.norm2_var, self.training, self.momentum, 1e-5, True)
    x = torch.relu(x)
    x = torch.conv2d(x, self.conv3_weight, None, [1, 1], [1, 1])
    x = torch.max_pool2d(x, [2, 2], [2, 2], [0, 0], [1, 1], True)
    x = torch.batch_norm(x, self.norm3_weight, self.norm3_bias, self.norm3_mean, self.norm3_var, self.training, self.momentum, 1e-5, True)
    x = torch.relu(x)
    return torch.flatten(x, 1)

def classify(self, features):
    return torch.linear(torch.dropout(features, 0.3, self.training), self.class_weight, self.class_bias)

def normalized(self, features):
    return torch.batch_norm(features, None, None, self.index_mean, self.index_var, self.training, self.momentum, 1e-5, True)
)";

// Scores the positions inside a class that the caller names. The normalisation of the features is
// decisive: without it the head hardly learns.
constexpr char kClassConditional[] = R"(
def head_input(self, features, class_id):
    return torch.cat([self.normalized(features), torch.one_hot(class_id, $classes).to(features.dtype)], 1)

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

}  // namespace

std::string NetworkSource(const NetworkSpec& spec) {
  const char* head = spec.head == v1::HEAD_TYPE_EMBEDDING ? kEmbedding : kClassConditional;
  return absl::StrReplaceAll(absl::StrCat(kBackbone, head),
                             {{"$classes", absl::StrCat(spec.classes)}});
}

}  // namespace provnet
