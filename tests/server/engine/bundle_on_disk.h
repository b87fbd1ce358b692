#ifndef PROVNET_TESTS_SERVER_ENGINE_BUNDLE_ON_DISK_H_
#define PROVNET_TESTS_SERVER_ENGINE_BUNDLE_ON_DISK_H_

#include <filesystem>
#include <string>
#include <vector>

#include "provnet/v1/bundle.pb.h"
#include "storage/repository.h"

namespace provnet {

// What goes into a small real bundle: 1 x 1 x 4 pixels, labels as given, one-byte samples.
struct BundleRecipe {
  v1::HeadType head = v1::HEAD_TYPE_CLASS_CONDITIONAL;
  // TorchScript methods of model.pt.
  std::string source;
  std::vector<uint32_t> labels;
  uint32_t class_count = 2;
  uint32_t feature_dim = 4;
  // Embedding heads: row-major [labels.size(), dim].
  std::vector<float> vectors = {};
  uint32_t dim = 4;
  float scale = 1;
  // Embedding heads with an approximate search: row-major [cells, dim], and a cell for each sample.
  std::vector<float> centroids = {};
  std::vector<uint32_t> cell_of = {};
  uint32_t cells = 0;
  // The manifest's check of bf16; negative for none.
  double bf16_overlap = -1;
  // calibration.json as it stands in the file; empty for none.
  std::string calibration = "";
};

// Publishes it as the next version of <repository>/net.
BundleLocation PublishBundle(const std::filesystem::path& repository, const BundleRecipe& recipe);

// features(x) = x flattened; classify(f) = the first two features.
inline constexpr char kPlainClassifier[] = R"(
def features(self, x):
    return torch.flatten(x, 1)
def classify(self, f):
    return f[:, :2] * 10
)";

}  // namespace provnet

#endif  // PROVNET_TESTS_SERVER_ENGINE_BUNDLE_ON_DISK_H_
