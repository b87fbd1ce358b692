#include "server/attribution/index_head.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "server/attribution/refine.h"
#include "server/attribution/top_k.h"
#include "server/model/torch_status.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

// The best columns of each row and the logarithm of its softmax denominator, in host memory.
struct RankedColumns {
  std::vector<std::vector<ScoredColumn>> best;
  std::vector<float> log_sum_exp;
};

// Columns that stand for no sample get -inf: they neither win nor count in the softmax.
void MaskHost(at::Tensor& logits, absl::Span<const uint64_t> candidates) {
  const int64_t columns = logits.size(1);
  float* values = logits.data_ptr<float>();
  for (size_t b = 0; b < candidates.size(); ++b) {
    float* row = values + static_cast<int64_t>(b) * columns;
    std::fill(row + candidates[b], row + columns, -std::numeric_limits<float>::infinity());
  }
}

RankedColumns RankOnHost(at::Tensor logits, absl::Span<const uint64_t> candidates,
                         absl::Span<const uint32_t> top_k) {
  logits = logits.contiguous();
  MaskHost(logits, candidates);
  const at::Tensor denominators = at::logsumexp(logits, 1);
  RankedColumns ranked;
  ranked.log_sum_exp.assign(denominators.data_ptr<float>(),
                            denominators.data_ptr<float>() + denominators.numel());
  const float* values = logits.data_ptr<float>();
  for (size_t b = 0; b < candidates.size(); ++b) {
    ranked.best.push_back(
        TopK({values + static_cast<int64_t>(b) * logits.size(1), candidates[b]}, top_k[b]));
  }
  return ranked;
}

// The same with LibTorch's operators, so that only k values a row leave the device.
RankedColumns RankOnDevice(const at::Tensor& logits, absl::Span<const uint64_t> candidates,
                           absl::Span<const uint32_t> top_k) {
  const at::Tensor counts =
      at::tensor(std::vector<int64_t>(candidates.begin(), candidates.end()), at::kLong)
          .to(logits.device());
  const at::Tensor columns = at::arange(logits.size(1), logits.options().dtype(at::kLong));
  const at::Tensor masked = logits.masked_fill(columns.unsqueeze(0) >= counts.unsqueeze(1),
                                               -std::numeric_limits<float>::infinity());
  const int64_t k =
      std::min<int64_t>(*std::max_element(top_k.begin(), top_k.end()), logits.size(1));
  const auto [values, indices] = at::topk(masked, k, 1);
  const at::Tensor host_values = values.cpu();
  const at::Tensor host_indices = indices.cpu();
  const at::Tensor denominators = at::logsumexp(masked, 1).cpu();
  RankedColumns ranked;
  ranked.log_sum_exp.assign(denominators.data_ptr<float>(),
                            denominators.data_ptr<float>() + denominators.numel());
  for (size_t b = 0; b < candidates.size(); ++b) {
    const uint64_t wanted = std::min<uint64_t>({top_k[b], candidates[b], static_cast<uint64_t>(k)});
    std::vector<ScoredColumn>& row = ranked.best.emplace_back();
    for (uint64_t j = 0; j < wanted; ++j) {
      const int64_t at = static_cast<int64_t>(b) * k + static_cast<int64_t>(j);
      row.push_back({static_cast<uint64_t>(host_indices.data_ptr<int64_t>()[at]),
                     host_values.data_ptr<float>()[at]});
    }
  }
  return ranked;
}

}  // namespace

absl::StatusOr<IndexHead::Scores> IndexHead::Score(const at::Tensor& features,
                                                   const at::Tensor& class_ids) const {
  PROVNET_ASSIGN_OR_RETURN(at::Tensor logits, Logits(features, class_ids));
  return Scores{std::move(logits), at::Tensor()};
}

at::Tensor IndexHead::ExactLogits(const at::Tensor&, const at::Tensor&) const {
  TORCH_CHECK(false, "this index head has no other logits than those it searches");
}

void IndexHead::RefineRow(const at::Tensor& query, size_t keep, std::vector<ScoredColumn>& best,
                          float& log_sum_exp) const {
  if (best.empty()) return;
  const at::Tensor columns = at::empty({static_cast<int64_t>(best.size())}, at::kLong);
  for (size_t i = 0; i < best.size(); ++i)
    columns.data_ptr<int64_t>()[i] = static_cast<int64_t>(best[i].column);
  const at::Tensor exact = ExactLogits(query, columns).contiguous();
  Refine({exact.data_ptr<float>(), best.size()}, keep, best, log_sum_exp);
}

absl::StatusOr<std::vector<std::vector<RankedSample>>> IndexHead::Rank(
    const at::Tensor& features, const at::Tensor& class_ids,
    absl::Span<const uint32_t> top_k) const {
  PROVNET_ASSIGN_OR_RETURN(const Scores scores, Score(features, class_ids));
  const at::Tensor& logits = scores.logits;
  const bool rounded = scores.queries.defined();
  std::vector<uint32_t> candidate_counts(top_k.begin(), top_k.end());
  for (uint32_t& count : candidate_counts) count += rounded ? RefinementSlack(count) : 0;
  return TryTorch("rank the training samples", [&] {
    const at::Tensor classes = class_ids.cpu();
    const int64_t* class_of = classes.data_ptr<int64_t>();
    std::vector<uint64_t> candidates;
    for (size_t b = 0; b < top_k.size(); ++b) {
      candidates.push_back(layout_.candidates(static_cast<uint32_t>(class_of[b])));
    }
    RankedColumns ranked = logits.is_cpu() ? RankOnHost(logits, candidates, candidate_counts)
                                           : RankOnDevice(logits, candidates, candidate_counts);
    for (size_t b = 0; rounded && b < top_k.size(); ++b) {
      RefineRow(scores.queries[static_cast<int64_t>(b)], top_k[b], ranked.best[b],
                ranked.log_sum_exp[b]);
    }
    std::vector<std::vector<RankedSample>> result(top_k.size());
    for (size_t b = 0; b < top_k.size(); ++b) {
      for (const ScoredColumn& column : ranked.best[b]) {
        result[b].push_back(
            {layout_.sample_index(static_cast<uint32_t>(class_of[b]), column.column),
             std::exp(column.value - ranked.log_sum_exp[b])});
      }
    }
    return result;
  });
}

absl::Status IndexHead::VisitLogits(const at::Tensor& features, const at::Tensor& class_ids,
                                    BlockVisitor visit) const {
  PROVNET_ASSIGN_OR_RETURN(const at::Tensor logits, Logits(features, class_ids));
  return TryTorch("sum up the index logits", [&] { visit(0, logits); });
}

absl::StatusOr<std::vector<MeasuredRow>> IndexHead::Measure(const at::Tensor& features,
                                                            const at::Tensor& class_ids) const {
  PROVNET_ASSIGN_OR_RETURN(const at::Tensor host_classes,
                           TryTorch("read the classes", [&] { return class_ids.cpu(); }));
  const absl::Span<const int64_t> classes(host_classes.data_ptr<int64_t>(),
                                          static_cast<size_t>(host_classes.numel()));
  std::vector<LogitSummary> summaries(classes.size());
  PROVNET_RETURN_IF_ERROR(
      VisitLogits(features, class_ids, [&](int64_t first, const at::Tensor& logits) {
        const at::Tensor block = logits.cpu().contiguous();
        for (size_t b = 0; b < classes.size(); ++b) {
          const auto candidates =
              static_cast<int64_t>(layout_.candidates(static_cast<uint32_t>(classes[b])));
          const int64_t count = std::clamp<int64_t>(candidates - first, 0, block.size(1));
          summaries[b].Add(static_cast<uint64_t>(first),
                           {block.data_ptr<float>() + static_cast<int64_t>(b) * block.size(1),
                            static_cast<size_t>(count)});
        }
      }));
  std::vector<MeasuredRow> rows;
  for (size_t b = 0; b < classes.size(); ++b) {
    MeasuredRow& row = rows.emplace_back();
    row.statistics = summaries[b].statistics();
    if (!summaries[b].best_column().has_value()) continue;
    row.nearest = {
        layout_.sample_index(static_cast<uint32_t>(classes[b]), *summaries[b].best_column()),
        summaries[b].best_probability()};
  }
  return rows;
}

}  // namespace provnet
