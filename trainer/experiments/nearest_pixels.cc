#include "trainer/experiments/nearest_pixels.h"

#include <torch/torch.h>

namespace provnet {
namespace {

constexpr int64_t kBlock = 512;

// float32 [images, pixels], 0..1.
at::Tensor Rows(const Dataset& images) {
  return at::from_blob(
             const_cast<uint8_t*>(images.pixels.data()),
             {static_cast<int64_t>(images.size()), static_cast<int64_t>(images.image_bytes())},
             at::kByte)
      .to(at::kFloat)
      .div_(255);
}

}  // namespace

// |a - b|^2 = |a|^2 + |b|^2 - 2 a b: one matrix product a block.
std::vector<float> NegativeNearestDistances(const Dataset& records, const Dataset& samples) {
  const at::Tensor queries = Rows(records);
  const at::Tensor rows = Rows(samples);
  const at::Tensor lengths = rows.square().sum(1);
  std::vector<float> distances;
  for (int64_t begin = 0; begin < queries.size(0); begin += kBlock) {
    const at::Tensor block = queries.narrow(0, begin, std::min(kBlock, queries.size(0) - begin));
    const at::Tensor squares =
        lengths - 2 * at::mm(block, rows.t()) + block.square().sum(1, /*keepdim=*/true);
    const at::Tensor nearest = squares.amin(1).clamp_min_(0).sqrt_().neg_().contiguous();
    distances.insert(distances.end(), nearest.data_ptr<float>(),
                     nearest.data_ptr<float>() + nearest.numel());
  }
  return distances;
}

}  // namespace provnet
