#ifndef PROVNET_TRAINER_SEARCH_SPHERICAL_KMEANS_H_
#define PROVNET_TRAINER_SEARCH_SPHERICAL_KMEANS_H_

#include <torch/script.h>

#include <cstdint>
#include <vector>

namespace provnet {

// Spherical k-means (Dhillon & Modha, Machine Learning 42, 2001): unit vectors `points`, float32
// [n,d], fall into `cells` (1 .. n) groups around unit centroids, each point at the centroid with
// the largest inner product. Starts from points drawn by `seed`; a group that has lost all its
// points starts anew at one of those that fit worst. Returns float32 [cells,d]. Equal arguments and
// numbers of threads give equal centroids. Throws what LibTorch throws.
at::Tensor SphericalKMeans(const at::Tensor& points, int64_t cells, int iterations, uint64_t seed);

// The nearest centroid of each point (the first of equals), and the inner product with it.
struct Assignment {
  // int64 [n]; float32 [n].
  at::Tensor cell;
  at::Tensor similarity;
};
Assignment NearestCentroids(const at::Tensor& points, const at::Tensor& centroids);

}  // namespace provnet

#endif  // PROVNET_TRAINER_SEARCH_SPHERICAL_KMEANS_H_
