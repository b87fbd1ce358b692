#include "trainer/audit/nearest_rows.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>

#include "absl/status/status.h"
#include "server/model/torch_status.h"
#include "trainer/faithfulness/worker_threads.h"

namespace provnet {
namespace {

constexpr size_t kQueryBlock = 128;
constexpr size_t kCandidateBlock = 4096;

at::Tensor View(const FloatMatrix& matrix, size_t begin, size_t count) {
  return at::from_blob(const_cast<float*>(matrix.row(begin).data()),
                       {static_cast<int64_t>(count), static_cast<int64_t>(matrix.columns)},
                       at::kFloat);
}

std::vector<float> HalfSquaredNorms(const FloatMatrix& matrix) {
  std::vector<float> norms;
  norms.reserve(matrix.rows());
  for (size_t i = 0; i < matrix.rows(); ++i) {
    double sum = 0;
    for (const float value : matrix.row(i)) sum += double{value} * value;
    norms.push_back(static_cast<float>(sum / 2));
  }
  return norms;
}

float Distance(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    const double difference = double{a[i]} - b[i];
    sum += difference * difference;
  }
  return static_cast<float>(std::sqrt(sum));
}

// Which of two is the worse neighbour. While searching, `distance` holds |c|^2 / 2 - q c, which
// orders candidates as their distances do.
bool Nearer(const Neighbour& a, const Neighbour& b) {
  return a.distance != b.distance ? a.distance < b.distance : a.row < b.row;
}

class Search {
 public:
  Search(const FloatMatrix& queries, const FloatMatrix& candidates, const SearchOptions& options,
         size_t k)
      : queries_(queries),
        candidates_(candidates),
        options_(options),
        half_norms_(HalfSquaredNorms(candidates)) {
    lists_.k = k;
    lists_.entries.resize(queries.rows() * k);
  }

  // One block of queries; blocks may run side by side.
  void Run(size_t block) {
    torch::NoGradGuard no_gradient;
    const size_t begin = block * kQueryBlock;
    const size_t count = std::min(kQueryBlock, queries_.rows() - begin);
    std::vector<std::vector<Neighbour>> heaps(count);
    const at::Tensor rows = View(queries_, begin, count);
    for (size_t first = 0; first < candidates_.rows(); first += kCandidateBlock) {
      const size_t width = std::min(kCandidateBlock, candidates_.rows() - first);
      const at::Tensor products = at::mm(rows, View(candidates_, first, width).t()).contiguous();
      for (size_t i = 0; i < count; ++i) {
        Scan(products.data_ptr<float>() + i * width, first, width, begin + i, heaps[i]);
      }
    }
    for (size_t i = 0; i < count; ++i) Keep(begin + i, heaps[i]);
  }

  NeighbourLists Take() { return std::move(lists_); }

 private:
  void Scan(const float* products, size_t first, size_t width, size_t query,
            std::vector<Neighbour>& heap) const {
    for (size_t c = 0; c < width; ++c) {
      const Neighbour candidate{static_cast<uint32_t>(first + c),
                                half_norms_[first + c] - products[c]};
      if (heap.size() == lists_.k && !Nearer(candidate, heap.front())) continue;
      if (options_.exclude_self && candidate.row == query) continue;
      if (heap.size() == lists_.k) {
        std::pop_heap(heap.begin(), heap.end(), Nearer);
        heap.pop_back();
      }
      heap.push_back(candidate);
      std::push_heap(heap.begin(), heap.end(), Nearer);
    }
  }

  // The product's rounding is as large as short distances are: they are computed anew.
  void Keep(size_t query, std::vector<Neighbour>& heap) {
    for (Neighbour& neighbour : heap) {
      neighbour.distance = Distance(queries_.row(query), candidates_.row(neighbour.row));
    }
    std::sort(heap.begin(), heap.end(), Nearer);
    std::copy(heap.begin(), heap.end(),
              lists_.entries.begin() + static_cast<ptrdiff_t>(query * lists_.k));
  }

  const FloatMatrix& queries_;
  const FloatMatrix& candidates_;
  const SearchOptions& options_;
  const std::vector<float> half_norms_;
  NeighbourLists lists_;
};

}  // namespace

absl::StatusOr<NeighbourLists> FindNearestRows(const FloatMatrix& queries,
                                               const FloatMatrix& candidates,
                                               const SearchOptions& options,
                                               const StopCondition& stop_requested) {
  const size_t available = candidates.rows() - (options.exclude_self && candidates.rows() > 0);
  Search search(queries, candidates, options, std::min(options.k, available));
  const size_t blocks = (queries.rows() + kQueryBlock - 1) / kQueryBlock;
  const absl::Status status = RunSideBySide(blocks, options.threads, [&](size_t block) {
    if (stop_requested()) return absl::CancelledError("stopped while searching neighbours");
    return TryTorch("search neighbours", [&] {
      search.Run(block);
      return absl::OkStatus();
    });
  });
  if (!status.ok()) return status;
  return search.Take();
}

}  // namespace provnet
