#include "server/attribution/cell_search.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>

#include "server/attribution/refine.h"

namespace provnet {
namespace {

constexpr int64_t kTailSamples = 2048;
// Results that `probes` cells are good for.
constexpr uint32_t kResultsPerProbes = 10;

at::Tensor ToTensor(absl::Span<const uint32_t> values) {
  at::Tensor tensor = at::empty({static_cast<int64_t>(values.size())}, at::kLong);
  std::copy(values.begin(), values.end(), tensor.data_ptr<int64_t>());
  return tensor;
}

at::Tensor ToTensor(absl::Span<const int64_t> values) {
  return at::tensor(at::ArrayRef<int64_t>(values.data(), values.size()), at::kLong);
}

CellLayout CheckedLayout(const at::Tensor& rows, const Cells& cells) {
  TORCH_CHECK(rows.dim() == 2 && rows.size(0) == static_cast<int64_t>(cells.cell_of.size()),
              cells.cell_of.size(), " samples have cells, expected ", rows.sizes());
  TORCH_CHECK(cells.centroids.dim() == 2 && cells.centroids.size(1) == rows.size(1),
              "centroids have shape ", cells.centroids.sizes(), ", expected [L, ", rows.size(1),
              "]");
  const int64_t count = cells.centroids.size(0);
  TORCH_CHECK(std::all_of(cells.cell_of.begin(), cells.cell_of.end(),
                          [&](uint32_t cell) { return cell < count; }),
              "a sample's cell is not below ", count);
  return {cells.cell_of, static_cast<uint32_t>(count)};
}

// Evenly spaced over the cells' order, so that every region has its share.
std::vector<int64_t> TailPositions(int64_t count) {
  const int64_t step = std::max<int64_t>(count / kTailSamples, 1);
  std::vector<int64_t> positions;
  for (int64_t at = step / 2; at < count; at += step) positions.push_back(at);
  return positions;
}

at::Tensor Inverse(const at::Tensor& permutation) {
  at::Tensor inverse = at::empty_like(permutation);
  inverse.index_put_({permutation}, at::arange(permutation.size(0), at::kLong));
  return inverse;
}

float LogSumExp(absl::Span<const float> values) {
  const at::Tensor all = at::from_blob(const_cast<float*>(values.data()),
                                       {static_cast<int64_t>(values.size())}, at::kFloat);
  return at::logsumexp(all, 0).item<float>();
}

}  // namespace

struct CellSearch::Query {
  // In a batch of queries, as they are and packed.
  const at::Tensor& queries;
  const at::Tensor& packed;
  int64_t row;
  // Inner products with the centroids and with the tail.
  absl::Span<const float> nearness;
  absl::Span<const float> tail;
  uint32_t k;
};

CellSearch::CellSearch(const at::Tensor& rows, const Cells& cells, uint32_t probes,
                       Precision precision, float scale)
    : layout_(CheckedLayout(rows, cells)),
      probes_(std::clamp<uint32_t>(probes, 1, layout_.cells())),
      scale_(scale),
      centroids_(cells.centroids, precision, c10::kCPU),
      rows_(rows.index_select(0, ToTensor(layout_.samples())), precision, c10::kCPU),
      tail_positions_(TailPositions(rows.size(0))),
      tail_(rows.index_select(
                0, ToTensor(layout_.samples()).index_select(0, ToTensor(tail_positions_))),
            precision, c10::kCPU),
      position_of_(Inverse(ToTensor(layout_.samples()))) {}

std::vector<FoundSamples> CellSearch::Search(const at::Tensor& queries,
                                             absl::Span<const uint32_t> top_k) const {
  const at::Tensor packed = rows_.PackQueries(queries);
  const at::Tensor nearness = centroids_.InnerProducts(queries);
  const at::Tensor tail = tail_.InnerProducts(queries);
  std::vector<FoundSamples> found(top_k.size());
  const auto row_of = [](const at::Tensor& products, int64_t b) {
    const auto width = static_cast<size_t>(products.size(1));
    return absl::MakeConstSpan(products.data_ptr<float>() + b * products.size(1), width);
  };
  at::parallel_for(0, queries.size(0), 1, [&](int64_t begin, int64_t end) {
    for (int64_t b = begin; b < end; ++b) {
      const auto at = static_cast<size_t>(b);
      found[at] = SearchOne({queries, packed, b, row_of(nearness, b), row_of(tail, b), top_k[at]});
    }
  });
  return found;
}

std::vector<uint32_t> CellSearch::ChooseCells(absl::Span<const float> nearness, uint32_t k) const {
  const uint64_t times = std::max<uint64_t>((k + kResultsPerProbes - 1) / kResultsPerProbes, 1);
  const uint64_t least = std::min<uint64_t>(times * probes_, layout_.cells());
  const int64_t wanted = std::min<int64_t>(k + RefinementSlack(k), size());
  std::vector<uint32_t> chosen;
  int64_t samples = 0;
  // Cells may be empty or small: take more of them until there are enough samples.
  for (uint64_t count = least; samples < wanted;
       count = std::min<uint64_t>(count * 2, layout_.cells())) {
    chosen.clear();
    samples = 0;
    for (const ScoredColumn& cell : TopK(nearness, count)) {
      chosen.push_back(static_cast<uint32_t>(cell.column));
      samples += layout_.size(chosen.back());
    }
  }
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

FoundSamples CellSearch::SearchOne(const Query& query) const {
  const std::vector<uint32_t> chosen = ChooseCells(query.nearness, query.k);
  std::vector<int64_t> positions;
  std::vector<float> logits;
  int64_t read = 0;
  for (const uint32_t cell : chosen) read += layout_.size(cell);
  logits.reserve(static_cast<size_t>(read) + tail_positions_.size());
  logits.resize(static_cast<size_t>(read));
  float* out = logits.data();
  for (const uint32_t cell : chosen) {
    rows_.MultiplyRange(query.packed, query.row, layout_.begin(cell), layout_.size(cell), out);
    out += layout_.size(cell);
  }
  for (float& logit : logits) logit *= scale_;
  const uint32_t slack = rows_.has_exact() ? RefinementSlack(query.k) : 0;
  FoundSamples found{TopK(logits, query.k + slack), 0};
  // Columns so far count what was read; `positions` says where that is.
  for (ScoredColumn& column : found.best) {
    auto left = static_cast<int64_t>(column.column);
    auto cell = chosen.begin();
    while (left >= layout_.size(*cell)) left -= layout_.size(*cell++);
    positions.push_back(layout_.begin(*cell) + left);
    column.column = layout_.samples()[static_cast<size_t>(positions.back())];
  }

  // Of the tail, what lies in cells that were not read, each for as many as it stands for.
  auto cell = chosen.begin();
  for (size_t i = 0; i < tail_positions_.size(); ++i) {
    while (cell != chosen.end() && tail_positions_[i] >= layout_.begin(*cell + 1)) ++cell;
    if (cell != chosen.end() && tail_positions_[i] >= layout_.begin(*cell)) continue;
    logits.push_back(scale_ * query.tail[i]);
  }
  const auto sampled = static_cast<double>(logits.size()) - static_cast<double>(read);
  const auto weight = static_cast<float>(std::log(static_cast<double>(size() - read) / sampled));
  for (size_t i = static_cast<size_t>(read); i < logits.size(); ++i) logits[i] += weight;
  found.log_sum_exp = LogSumExp(logits);

  if (rows_.has_exact()) {
    const at::Tensor exact =
        rows_.ExactInnerProducts(query.queries[query.row], ToTensor(positions)).mul_(scale_);
    Refine({exact.data_ptr<float>(), positions.size()}, query.k, found.best, found.log_sum_exp);
  } else {
    std::sort(found.best.begin(), found.best.end(), RanksBefore);
  }
  return found;
}

at::Tensor CellSearch::AllLogits(const at::Tensor& queries) const {
  return rows_.InnerProducts(queries).mul_(scale_).index_select(1, position_of_);
}

}  // namespace provnet
