#ifndef PROVNET_SERVER_SERVICE_EXPLAIN_TASK_H_
#define PROVNET_SERVER_SERVICE_EXPLAIN_TASK_H_

#include <functional>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "server/batching/batch_task.h"
#include "server/engine/servable.h"
#include "server/service/explain_codec.h"

namespace provnet {

// One Explain request in a queue.
class ExplainTask final : public BatchTask {
 public:
  // Called exactly once, on an executor's thread.
  using Done = std::function<void(absl::StatusOr<Explanation>)>;

  // `token` lives until `done` has been called: let `done` own it or its owner.
  ExplainTask(ExplainQuery query, const CancelToken& token, absl::Duration deadline, Done done)
      : query_(std::move(query)), token_(token), deadline_(deadline), done_(std::move(done)) {}

  void Reject(absl::Status status) override { Finish(std::move(status)); }
  bool cancelled() const override { return token_.cancelled(); }
  absl::Duration deadline() const override { return deadline_; }

  const ExplainQuery& query() const { return query_; }

  void Finish(absl::StatusOr<Explanation> result) {
    // Moved out first, so that what it owns goes as soon as it has returned.
    const Done done = std::move(done_);
    done(std::move(result));
  }

 private:
  const ExplainQuery query_;
  const CancelToken& token_;
  const absl::Duration deadline_;
  Done done_;
};

// Runs `batch`, which holds ExplainTasks only, on `servable` and finishes each task.
void RunExplainBatch(const Servable& servable, std::vector<std::unique_ptr<BatchTask>> batch);

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_EXPLAIN_TASK_H_
