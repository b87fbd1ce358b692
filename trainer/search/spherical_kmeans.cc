#include "trainer/search/spherical_kmeans.h"

#include <torch/torch.h>

#include <algorithm>

namespace provnet {
namespace {

// Points at a time, so that their products with a few thousand centroids stay small.
constexpr int64_t kBlock = 4096;

at::Tensor Normalised(const at::Tensor& rows) {
  return rows / rows.norm(2, 1, /*keepdim=*/true).clamp_min(1e-12);
}

at::Tensor RandomRows(int64_t rows, int64_t count, uint64_t seed) {
  at::Generator generator = at::detail::createCPUGenerator(seed);
  return at::randperm(rows, generator, at::kLong).narrow(0, 0, count);
}

// The means' directions; groups without points take those that fit worst.
at::Tensor Centroids(const at::Tensor& points, const Assignment& assigned, int64_t cells) {
  at::Tensor sums = at::zeros({cells, points.size(1)});
  sums.index_add_(0, assigned.cell, points);
  const at::Tensor empty = at::bincount(assigned.cell, {}, cells).eq(0).nonzero().squeeze(1);
  if (empty.size(0) > 0) {
    const at::Tensor worst = std::get<1>(
        at::topk(assigned.similarity, empty.size(0), 0, /*largest=*/false, /*sorted=*/true));
    sums.index_copy_(0, empty, points.index_select(0, worst));
  }
  return Normalised(sums);
}

}  // namespace

Assignment NearestCentroids(const at::Tensor& points, const at::Tensor& centroids) {
  const int64_t count = points.size(0);
  Assignment nearest{at::empty({count}, at::kLong), at::empty({count})};
  const at::Tensor transposed = centroids.t();
  for (int64_t begin = 0; begin < count; begin += kBlock) {
    const int64_t rows = std::min(kBlock, count - begin);
    const auto [similarity, cell] = at::mm(points.narrow(0, begin, rows), transposed).max(1);
    nearest.cell.narrow(0, begin, rows).copy_(cell);
    nearest.similarity.narrow(0, begin, rows).copy_(similarity);
  }
  return nearest;
}

at::Tensor SphericalKMeans(const at::Tensor& points, int64_t cells, int iterations, uint64_t seed) {
  TORCH_CHECK(points.dim() == 2 && cells >= 1 && cells <= points.size(0), cells,
              " cells of points ", points.sizes(), ", expected 1 to as many as there are points");
  const torch::NoGradGuard no_grad;
  at::Tensor centroids = points.index_select(0, RandomRows(points.size(0), cells, seed));
  for (int i = 0; i < iterations; ++i) {
    centroids = Centroids(points, NearestCentroids(points, centroids), cells);
  }
  return centroids;
}

}  // namespace provnet
