#include "trainer/faithfulness/method_scores.h"

#include <algorithm>
#include <string>

#include "absl/strings/match.h"
#include "storage/base/status_macros.h"
#include "trainer/faithfulness/worker_threads.h"

namespace provnet {
namespace {

// The rows of the queries that the halves' networks were asked about.
FloatMatrix FirstRows(const FloatMatrix& scores, size_t rows) {
  FloatMatrix first(rows, scores.columns);
  std::copy_n(scores.values.begin(), first.values.size(), first.values.begin());
  return first;
}

bool IsNeighbourMethod(const MethodScore& method) {
  return absl::StartsWith(method.method, "knn-");
}

}  // namespace

const Attribution& AttributionNamed(const std::vector<Attribution>& attributions,
                                    absl::string_view method) {
  return *std::find_if(attributions.begin(), attributions.end(),
                       [&](const Attribution& each) { return each.method == method; });
}

absl::Status JudgeMethods(const std::vector<Attribution>& attributions, const Retrains& retrains,
                          const JudgeOptions& options, StudyResult& result) {
  const size_t queries = retrains.margins.front().columns;
  result.ceiling = SplitHalfCeiling(retrains, options.seed);
  result.methods.resize(attributions.size());
  const auto judge = [&](size_t i) -> absl::Status {
    if (options.stop_requested()) return absl::CancelledError("stopped while judging methods");
    const Attribution& each = attributions[i];
    result.methods[i] = {each.method, each.role, each.cost,
                         LinearDatamodelingScore(FirstRows(each.scores, queries), retrains,
                                                 options.resamples, options.seed)};
    return absl::OkStatus();
  };
  PROVNET_RETURN_IF_ERROR(RunSideBySide(attributions.size(), options.threads, judge));
  result.best = BestMethod(result.methods, IsOnePass);
  const FloatMatrix best = FirstRows(attributions[result.best].scores, queries);
  const std::string neighbours =
      result.methods[BestMethod(result.methods, IsNeighbourMethod)].method;
  for (const std::string& other :
       {std::string("same-label"), neighbours, std::string("last-layer-tracin")}) {
    const FloatMatrix& scores = AttributionNamed(attributions, other).scores;
    result.leads.push_back(
        {other, DatamodelingScoreDifference(best, FirstRows(scores, queries), retrains,
                                            options.resamples, options.seed)});
  }
  return absl::OkStatus();
}

}  // namespace provnet
