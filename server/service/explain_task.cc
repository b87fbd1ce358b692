#include "server/service/explain_task.h"

#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"

namespace provnet {
namespace {

using Tasks = std::vector<std::unique_ptr<BatchTask>>;

ExplainTask& AsExplain(const std::unique_ptr<BatchTask>& task) {
  return static_cast<ExplainTask&>(*task);
}

// One batch on its way through the engine, whole or in ever smaller parts.
class Run {
 public:
  Run(const Servable& servable, const Clock& clock, size_t size)
      : servable_(servable),
        clock_(clock),
        max_failures_(2 * static_cast<size_t>(std::ceil(std::log2(size))) + 2) {}

  void Answer(Tasks tasks) {
    auto results = Explain(tasks);
    if (results.ok()) {
      failures_ = 0;
      for (size_t i = 0; i < tasks.size(); ++i) {
        AsExplain(tasks[i]).Finish(std::move((*results)[i]));
        tasks[i].reset();
      }
      return;
    }
    ++failures_;
    if (tasks.size() == 1 || failures_ >= max_failures_) return Fail(tasks, results.status());
    auto middle = tasks.begin() + static_cast<std::ptrdiff_t>(tasks.size() / 2);
    AnswerPart({std::make_move_iterator(tasks.begin()), std::make_move_iterator(middle)});
    AnswerPart({std::make_move_iterator(middle), std::make_move_iterator(tasks.end())});
  }

 private:
  absl::StatusOr<std::vector<absl::StatusOr<Explanation>>> Explain(const Tasks& tasks) const {
    std::vector<const ExplainQuery*> queries;
    queries.reserve(tasks.size());
    for (const auto& task : tasks) queries.push_back(&AsExplain(task).query());
    auto results = servable_.Explain(queries);
    const absl::Duration now = clock_.Monotonic();
    for (const auto& task : tasks) AsExplain(task).Ran(now);
    if (results.ok() && results->size() != tasks.size()) {
      return absl::InternalError(
          absl::StrCat("the engine answered ", results->size(), " of ", tasks.size(), " queries"));
    }
    return results;
  }

  // As Answer, without those that nobody waits for any more.
  void AnswerPart(Tasks tasks) {
    const absl::Duration now = clock_.Monotonic();
    Tasks alive;
    for (auto& task : tasks) {
      if (task->cancelled()) {
        task->Reject(absl::CancelledError("the caller cancelled the request"));
      } else if (task->deadline() <= now) {
        task->Reject(absl::DeadlineExceededError("the deadline passed while its batch was split"));
      } else {
        alive.push_back(std::move(task));
      }
    }
    if (!alive.empty()) Answer(std::move(alive));
  }

  static void Fail(const Tasks& tasks, const absl::Status& status) {
    for (const auto& task : tasks) AsExplain(task).Finish(status);
  }

  const Servable& servable_;
  const Clock& clock_;
  const size_t max_failures_;
  // Since the last success.
  size_t failures_ = 0;
};

}  // namespace

void RunExplainBatch(const Servable& servable, Tasks batch, const Clock& clock) {
  Run(servable, clock, batch.size()).Answer(std::move(batch));
}

}  // namespace provnet
