#include "trainer/search/cell_builder.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "server/model/torch_status.h"
#include "trainer/search/spherical_kmeans.h"

namespace provnet {
namespace {

constexpr int64_t kSamplesPerCell = 256;
constexpr int64_t kTrainingSamplesPerCell = 64;
constexpr int kIterations = 10;
constexpr uint32_t kRecallDepth = 10;
// The aim is 0.99; other queries than those that it is measured on may fare a little worse.
constexpr double kWantedRecall = 0.995;
constexpr int64_t kMostQueries = 1000;
constexpr int64_t kQueryBlock = 64;

// What the exact search finds.
struct ExactAnswer {
  std::set<uint64_t> samples;
  uint64_t best = 0;
  double best_score = 0;
};

std::vector<ExactAnswer> AnswerExactly(const at::Tensor& rows, const at::Tensor& queries,
                                       float scale) {
  std::vector<ExactAnswer> answers;
  for (int64_t begin = 0; begin < queries.size(0); begin += kQueryBlock) {
    const int64_t count = std::min(kQueryBlock, queries.size(0) - begin);
    const at::Tensor logits = at::mm(queries.narrow(0, begin, count), rows.t()).mul_(scale);
    const at::Tensor denominators = at::logsumexp(logits, 1);
    for (int64_t b = 0; b < count; ++b) {
      const auto best =
          TopK({logits.data_ptr<float>() + b * logits.size(1), static_cast<size_t>(logits.size(1))},
               kRecallDepth);
      ExactAnswer& answer = answers.emplace_back();
      for (const ScoredColumn& column : best) answer.samples.insert(column.column);
      answer.best = best.front().column;
      answer.best_score = std::exp(best.front().value - denominators[b].item<float>());
    }
  }
  return answers;
}

void Judge(const std::vector<FoundSamples>& found, const std::vector<ExactAnswer>& exact,
           BuiltCells& built) {
  double recalled = 0, wanted = 0, error = 0, compared = 0;
  for (size_t q = 0; q < exact.size(); ++q) {
    wanted += static_cast<double>(exact[q].samples.size());
    for (const ScoredColumn& sample : found[q].best) {
      recalled += exact[q].samples.count(sample.column) > 0 ? 1 : 0;
    }
    const ScoredColumn& first = found[q].best.front();
    if (first.column != exact[q].best) continue;
    error += std::abs(std::exp(first.value - found[q].log_sum_exp) / exact[q].best_score - 1);
    ++compared;
  }
  built.recall_at_10 = recalled / wanted;
  built.score_error = compared > 0 ? error / compared : 0;
}

std::vector<uint32_t> ToCells(const at::Tensor& assigned) {
  const int64_t* cells = assigned.data_ptr<int64_t>();
  return {cells, cells + assigned.numel()};
}

Cells Divide(const at::Tensor& rows, uint64_t seed) {
  const int64_t cells = std::max<int64_t>(rows.size(0) / kSamplesPerCell, 1);
  const int64_t training = std::min(rows.size(0), cells * kTrainingSamplesPerCell);
  at::Generator generator = at::detail::createCPUGenerator(seed);
  const at::Tensor chosen = at::randperm(rows.size(0), generator, at::kLong).narrow(0, 0, training);
  const at::Tensor centroids =
      SphericalKMeans(rows.index_select(0, chosen), cells, kIterations, seed);
  return {centroids, ToCells(NearestCentroids(rows, centroids).cell)};
}

std::optional<BuiltCells> Build(const at::Tensor& rows, const at::Tensor& all_queries, float scale,
                                uint64_t seed) {
  const torch::NoGradGuard no_grad;
  BuiltCells built{.cells = Divide(rows, seed)};
  const at::Tensor queries = all_queries.narrow(0, 0, std::min(kMostQueries, all_queries.size(0)));
  const std::vector<ExactAnswer> exact = AnswerExactly(rows, queries, scale);
  const std::vector<uint32_t> top_k(exact.size(), kRecallDepth);
  const auto most = static_cast<uint32_t>(built.cells.centroids.size(0) / 2);
  // Half as many again each time: what is read in vain is at most a third.
  for (uint32_t probes = 1; probes <= most; probes += (probes + 1) / 2) {
    built.probes = probes;
    const CellSearch search(rows, built.cells, probes, Precision::kFloat32, scale);
    Judge(search.Search(queries, top_k), exact, built);
    if (built.recall_at_10 >= kWantedRecall) return built;
  }
  return std::nullopt;
}

}  // namespace

absl::StatusOr<std::optional<BuiltCells>> BuildCells(const at::Tensor& rows,
                                                     const at::Tensor& queries, float scale,
                                                     uint64_t seed) {
  if (rows.dim() != 2 || queries.dim() != 2 || queries.size(0) == 0 ||
      rows.size(1) != queries.size(1)) {
    return absl::InvalidArgumentError(
        "cells need rows [N,d] and at least one query [Q,d] of the same length");
  }
  return TryTorch("divide the sample vectors into cells",
                  [&]() -> absl::StatusOr<std::optional<BuiltCells>> {
                    return Build(rows, queries, scale, seed);
                  });
}

}  // namespace provnet
