#include "server/lifecycle/warm_up.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "storage/base/background_pace.h"
#include "storage/base/mutex.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

constexpr uint32_t kTopK = 5;
// Larger batches set up nothing more, and may take long.
constexpr size_t kLargestBatch = 128;
// What is a thread's own doesn't depend on the batch.
constexpr size_t kLargestBatchPerThread = 4;

// Pixels of a fixed pattern, another one for each query.
ExplainQuery MakeQuery(const Servable& servable, size_t number) {
  ExplainQuery query;
  query.input.resize(servable.input_size());
  const size_t period = 5 + number % 7;
  for (size_t i = 0; i < query.input.size(); ++i)
    query.input[i] = static_cast<float>(i % period) / static_cast<float>(period);
  query.top_k = static_cast<uint32_t>(std::min<uint64_t>(kTopK, servable.sample_count()));
  query.with_samples = number == 0;
  return query;
}

// Counts executors down, and keeps their first error.
class Progress {
 public:
  explicit Progress(int executors) : left_(executors) {}

  void Done(const absl::Status& status) {
    const MutexLock lock(mutex_);
    if (status_.ok()) status_ = status;
    if (--left_ == 0) changed_.SignalAll();
  }

  absl::Status Await() {
    const MutexLock lock(mutex_);
    while (left_ > 0) changed_.Wait(mutex_);
    return status_;
  }

  Mutex turn;

 private:
  Mutex mutex_;
  CondVar changed_;
  int left_ ABSL_GUARDED_BY(mutex_);
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

absl::Status WarmUp(const Servable& servable, size_t max_batch_size) {
  max_batch_size = std::min(max_batch_size, kLargestBatch);
  std::vector<ExplainQuery> queries;
  std::vector<const ExplainQuery*> batch;
  for (size_t i = 0; i < max_batch_size; ++i) queries.push_back(MakeQuery(servable, i));
  for (size_t size = 1;; size = std::min(2 * size, max_batch_size)) {
    while (batch.size() < size) batch.push_back(&queries[batch.size()]);
    PROVNET_ASSIGN_OR_RETURN(const auto answers, servable.Explain(batch));
    for (const auto& answer : answers) PROVNET_RETURN_IF_ERROR(answer.status());
    YieldToForeground();
    if (size == max_batch_size) return absl::OkStatus();
  }
}

std::function<absl::Status()> WarmUpExecutors(const Servable& servable,
                                              BatchQueue::Options& queue) {
  const auto progress = std::make_shared<Progress>(queue.executors);
  queue.executor_init = [progress, &servable, size = queue.limits.max_batch_size,
                         init = std::move(queue.executor_init)] {
    if (init) init();
    const MutexLock turn(progress->turn);
    progress->Done(WarmUp(servable, std::min(size, kLargestBatchPerThread)));
  };
  return [progress] { return progress->Await(); };
}

}  // namespace provnet
