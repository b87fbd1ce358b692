#include "server/attribution/index_head.h"

#include <algorithm>
#include <cmath>

#include "server/attribution/column_ranking.h"
#include "server/attribution/refine.h"
#include "server/model/torch_status.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

absl::StatusOr<std::vector<uint32_t>> OnHost(const at::Tensor& class_ids) {
  return TryTorch("read the classes", [&] {
    const at::Tensor host = class_ids.cpu();
    const auto* first = host.data_ptr<int64_t>();
    return std::vector<uint32_t>(first, first + host.numel());
  });
}

}  // namespace

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
  PROVNET_ASSIGN_OR_RETURN(const std::vector<uint32_t> classes, OnHost(class_ids));
  std::vector<uint64_t> candidates;
  std::vector<uint32_t> kept;
  for (size_t b = 0; b < classes.size(); ++b) {
    candidates.push_back(layout_.candidates(classes[b]));
    kept.push_back(top_k[b] + (rounds() ? RefinementSlack(top_k[b]) : 0));
  }
  ColumnRanking ranking(candidates, kept);
  PROVNET_ASSIGN_OR_RETURN(
      const at::Tensor queries,
      VisitLogits(features, class_ids,
                  [&](int64_t first, const at::Tensor& logits) { ranking.Add(first, logits); }));
  RankedColumns ranked = ranking.Finish();
  return TryTorch("rank the training samples", [&] {
    std::vector<std::vector<RankedSample>> result(classes.size());
    for (size_t b = 0; b < classes.size(); ++b) {
      std::vector<ScoredColumn>& best = ranked.best[b];
      float& log_sum_exp = ranked.log_sum_exp[b];
      if (rounds()) RefineRow(queries[static_cast<int64_t>(b)], top_k[b], best, log_sum_exp);
      for (const ScoredColumn& column : best) {
        result[b].push_back({layout_.sample_index(classes[b], column.column),
                             std::exp(column.value - log_sum_exp)});
      }
    }
    return result;
  });
}

absl::StatusOr<std::vector<MeasuredRow>> IndexHead::Measure(const at::Tensor& features,
                                                            const at::Tensor& class_ids) const {
  PROVNET_ASSIGN_OR_RETURN(const std::vector<uint32_t> classes, OnHost(class_ids));
  std::vector<LogitSummary> summaries(classes.size());
  const absl::StatusOr<at::Tensor> visited =
      VisitLogits(features, class_ids, [&](int64_t first, const at::Tensor& logits) {
        const at::Tensor block = logits.cpu().contiguous();
        for (size_t b = 0; b < classes.size(); ++b) {
          const auto candidates = static_cast<int64_t>(layout_.candidates(classes[b]));
          const int64_t count = std::clamp<int64_t>(candidates - first, 0, block.size(1));
          summaries[b].Add(static_cast<uint64_t>(first),
                           {block.data_ptr<float>() + static_cast<int64_t>(b) * block.size(1),
                            static_cast<size_t>(count)});
        }
      });
  PROVNET_RETURN_IF_ERROR(visited.status());
  std::vector<MeasuredRow> rows;
  for (size_t b = 0; b < classes.size(); ++b) {
    MeasuredRow& row = rows.emplace_back();
    row.statistics = summaries[b].statistics();
    if (!summaries[b].best_column().has_value()) continue;
    row.nearest = {layout_.sample_index(classes[b], *summaries[b].best_column()),
                   summaries[b].best_probability()};
  }
  return rows;
}

}  // namespace provnet
