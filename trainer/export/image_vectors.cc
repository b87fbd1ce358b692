#include "trainer/export/image_vectors.h"

#include <torch/torch.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "server/model/torch_status.h"
#include "trainer/training/batch_source.h"

namespace provnet {
namespace {

constexpr uint64_t kBatch = 256;

}  // namespace

absl::StatusOr<at::Tensor> ImageVectors(ProvenanceNetwork& network, const Dataset& images,
                                        uint64_t count) {
  return TryTorch("compute the images' vectors", [&]() -> absl::StatusOr<at::Tensor> {
    const torch::NoGradGuard no_gradient;
    network.SetTraining(false);
    std::vector<at::Tensor> parts;
    for (uint64_t begin = 0; begin < count; begin += kBatch) {
      std::vector<uint64_t> batch(std::min<uint64_t>(kBatch, count - begin));
      std::iota(batch.begin(), batch.end(), begin);
      const at::Tensor features = network.Features(ImagesToTensor(images, batch));
      parts.push_back(network.Query(features, at::zeros({features.size(0)}, at::kLong)));
    }
    return at::cat(parts).contiguous();
  });
}

}  // namespace provnet
