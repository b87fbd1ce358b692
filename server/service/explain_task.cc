#include "server/service/explain_task.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace provnet {
namespace {

ExplainTask& AsExplain(const std::unique_ptr<BatchTask>& task) {
  return static_cast<ExplainTask&>(*task);
}

}  // namespace

void RunExplainBatch(const Servable& servable, std::vector<std::unique_ptr<BatchTask>> batch) {
  std::vector<const ExplainQuery*> queries;
  queries.reserve(batch.size());
  for (const auto& task : batch) queries.push_back(&AsExplain(task).query());

  auto results = servable.Explain(queries);
  if (results.ok() && results->size() != batch.size()) {
    results = absl::InternalError(
        absl::StrCat("the engine answered ", results->size(), " of ", batch.size(), " queries"));
  }
  for (size_t i = 0; i < batch.size(); ++i) {
    if (results.ok()) {
      AsExplain(batch[i]).Finish(std::move((*results)[i]));
    } else {
      AsExplain(batch[i]).Finish(results.status());
    }
    batch[i].reset();
  }
}

}  // namespace provnet
