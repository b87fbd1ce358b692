#include "trainer/search/spherical_kmeans.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <set>

namespace provnet {
namespace {

// `per_centre` noisy unit vectors around each of `centres` orthogonal directions, in turn.
at::Tensor Clusters(int64_t centres, int64_t per_centre) {
  const at::Tensor directions = at::eye(centres).repeat({per_centre, 1});
  const at::Tensor points = directions + 0.05 * at::randn(directions.sizes());
  return points / points.norm(2, 1, true);
}

TEST(SphericalKMeansTest, FindsDirectionsAroundWhichPointsLie) {
  torch::manual_seed(1);
  const at::Tensor points = Clusters(8, 50);
  // A bad start may leave two directions to one centroid: more cells than directions leave none
  // out.
  const at::Tensor centroids = SphericalKMeans(points, 24, 10, 1);
  EXPECT_TRUE(at::allclose(centroids.norm(2, 1), at::ones({24}), 1e-5, 1e-5));
  const Assignment nearest = NearestCentroids(points, centroids);
  EXPECT_GT(nearest.similarity.min().item<float>(), 0.9);
  for (int64_t centre = 0; centre < 8; ++centre) {
    for (int64_t other = 0; other < 8; ++other) {
      if (centre == other) continue;
      EXPECT_NE(nearest.cell[centre].item<int64_t>(), nearest.cell[other].item<int64_t>());
    }
  }
}

TEST(SphericalKMeansTest, AssignsEachPointToTheLargestInnerProductInBlocksToo) {
  torch::manual_seed(2);
  const at::Tensor points = at::randn({5000, 3}), centroids = at::randn({7, 3});
  const Assignment nearest = NearestCentroids(points, centroids);
  const at::Tensor products = at::mm(points, centroids.t());
  EXPECT_TRUE(at::equal(nearest.cell, products.argmax(1)));
  EXPECT_TRUE(at::allclose(nearest.similarity, std::get<0>(products.max(1))));
}

TEST(SphericalKMeansTest, GroupsWithoutPointsStartAnew) {
  // Ten equal points and one far away: all but one of the starts coincide.
  at::Tensor points = at::zeros({11, 2});
  points.select(1, 0).narrow(0, 0, 10).fill_(1);
  points[10][1] = 1;
  const Assignment nearest = NearestCentroids(points, SphericalKMeans(points, 2, 5, 3));
  EXPECT_NE(nearest.cell[0].item<int64_t>(), nearest.cell[10].item<int64_t>());
}

TEST(SphericalKMeansTest, IsRepeatable) {
  torch::manual_seed(4);
  const at::Tensor points = at::randn({300, 8});
  EXPECT_TRUE(at::equal(SphericalKMeans(points, 9, 4, 5), SphericalKMeans(points, 9, 4, 5)));
  EXPECT_FALSE(at::equal(SphericalKMeans(points, 9, 4, 5), SphericalKMeans(points, 9, 4, 6)));
}

TEST(SphericalKMeansTest, RefusesMoreCellsThanPoints) {
  EXPECT_THROW(SphericalKMeans(at::ones({3, 2}), 4, 1, 1), c10::Error);
  EXPECT_THROW(SphericalKMeans(at::ones({3, 2}), 0, 1, 1), c10::Error);
}

}  // namespace
}  // namespace provnet
