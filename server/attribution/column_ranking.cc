#include "server/attribution/column_ranking.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "server/kernels/row_scan.h"

namespace provnet {
namespace {

constexpr float kNothing = -std::numeric_limits<float>::infinity();
// That are worth a thread's start.
constexpr int64_t kLogitsPerTask = int64_t{1} << 16;

// log(exp(a) + exp(b)).
double LogAddExp(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return a + b;
  const double larger = std::max(a, b);
  if (std::isinf(larger)) return larger;
  return larger + std::log1p(std::exp(std::min(a, b) - larger));
}

}  // namespace

ColumnRanking::ColumnRanking(absl::Span<const uint64_t> candidates,
                             absl::Span<const uint32_t> top_k)
    : candidates_(candidates.begin(), candidates.end()), log_sum_exp_(candidates.size(), kNothing) {
  best_.reserve(candidates.size());
  for (size_t b = 0; b < candidates.size(); ++b)
    best_.emplace_back(std::min<uint64_t>(top_k[b], candidates[b]));
}

void ColumnRanking::Add(int64_t first, const at::Tensor& logits) {
  if (!logits.is_cpu()) return AddOnDevice(first, logits);
  CheckRows(logits);
  const at::Tensor block = logits.contiguous();
  const int64_t columns = block.size(1);
  const int64_t grain = std::max<int64_t>(kLogitsPerTask / std::max<int64_t>(columns, 1), 1);
  at::parallel_for(0, block.size(0), grain, [&](int64_t begin, int64_t end) {
    for (int64_t b = begin; b < end; ++b) {
      const auto row = static_cast<size_t>(b);
      const float* values = block.data_ptr<float>() + b * columns;
      const int64_t count = Candidates(row, first, columns);
      best_[row].Add(static_cast<uint64_t>(first), {values, static_cast<size_t>(count)});
      log_sum_exp_[row] = LogAddExp(log_sum_exp_[row], LogSumExp(values, count));
    }
  });
}

void ColumnRanking::AddOnDevice(int64_t first, const at::Tensor& logits) {
  CheckRows(logits);
  const int64_t columns = logits.size(1);
  std::vector<int64_t> counts;
  size_t most = 0;
  for (size_t b = 0; b < best_.size(); ++b) {
    counts.push_back(Candidates(b, first, columns));
    most = std::max(most, best_[b].limit());
  }
  const at::Tensor limits = at::tensor(counts, at::kLong).to(logits.device());
  const at::Tensor numbers = at::arange(columns, logits.options().dtype(at::kLong));
  const at::Tensor masked =
      logits.masked_fill(numbers.unsqueeze(0) >= limits.unsqueeze(1), kNothing);
  const int64_t k = std::min(static_cast<int64_t>(most), columns);
  const auto [largest, where] = at::topk(masked, k, 1);
  const at::Tensor values = largest.cpu(), indices = where.cpu();
  const at::Tensor denominators = at::logsumexp(masked, 1).cpu();
  for (size_t b = 0; b < best_.size(); ++b) {
    log_sum_exp_[b] = LogAddExp(log_sum_exp_[b], denominators.data_ptr<float>()[b]);
    const int64_t row = static_cast<int64_t>(b) * k;
    for (int64_t j = 0; j < k; ++j) {
      const int64_t column = indices.data_ptr<int64_t>()[row + j];
      // What stands for nothing is as large as a candidate of -inf.
      if (column >= counts[b]) continue;
      best_[b].Add({static_cast<uint64_t>(first + column), values.data_ptr<float>()[row + j]});
    }
  }
}

RankedColumns ColumnRanking::Finish() {
  RankedColumns ranked;
  for (LargestColumns& row : best_) ranked.best.push_back(row.Take());
  ranked.log_sum_exp.assign(log_sum_exp_.begin(), log_sum_exp_.end());
  return ranked;
}

void ColumnRanking::CheckRows(const at::Tensor& logits) const {
  TORCH_CHECK(logits.dim() == 2 && logits.size(0) == static_cast<int64_t>(best_.size()),
              "index logits have shape ", logits.sizes(), ", expected ", best_.size(), " rows");
}

int64_t ColumnRanking::Candidates(size_t row, int64_t first, int64_t columns) const {
  return std::clamp<int64_t>(static_cast<int64_t>(candidates_[row]) - first, 0, columns);
}

}  // namespace provnet
