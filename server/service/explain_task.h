#ifndef PROVNET_SERVER_SERVICE_EXPLAIN_TASK_H_
#define PROVNET_SERVER_SERVICE_EXPLAIN_TASK_H_

#include <functional>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "server/batching/batch_task.h"
#include "server/engine/servable.h"
#include "server/tracing/call_trace.h"
#include "storage/base/clock.h"

namespace provnet {

// One Explain request in a queue.
class ExplainTask final : public BatchTask {
 public:
  // Called exactly once, on one of the queue's threads or on that of a task that displaced this
  // one.
  using Done = std::function<void(absl::StatusOr<Explanation>)>;

  // `token` and `trace`, null where the call is not traced, live until `done` has been called: let
  // `done` own them or their owner.
  ExplainTask(ExplainQuery query, const CancelToken& token, absl::Duration deadline,
              Priority priority, Done done, CallTrace* trace = nullptr)
      : query_(std::move(query)),
        token_(token),
        deadline_(deadline),
        priority_(priority),
        done_(std::move(done)),
        trace_(trace) {}

  void Reject(absl::Status status) override { Finish(std::move(status)); }
  void Starts(const BatchStart& start) override {
    if (trace_ != nullptr) trace_->Started(start.at, start.waited, start.batch_size);
  }
  bool cancelled() const override { return token_.cancelled(); }
  absl::Duration deadline() const override { return deadline_; }
  Priority priority() const override { return priority_; }

  const ExplainQuery& query() const { return query_; }

  // The engine has done with it.
  void Ran(absl::Duration now) {
    if (trace_ != nullptr) trace_->Ran(now);
  }

  void Finish(absl::StatusOr<Explanation> result) {
    // Moved out first, so that what it owns goes as soon as it has returned.
    const Done done = std::move(done_);
    done(std::move(result));
  }

 private:
  const ExplainQuery query_;
  const CancelToken& token_;
  const absl::Duration deadline_;
  const Priority priority_;
  Done done_;
  CallTrace* const trace_;
};

// Runs `batch`, which holds ExplainTasks only, on `servable` and finishes each task.
//
// Where the engine fails on the batch as a whole, its halves are run instead, and so on: an input
// that makes the network throw fails alone, at the price of 2 log2(size) more runs, and its mates
// are answered. Members that are cancelled or expired meanwhile are not run again. An engine that
// fails on everything is found out after 2 log2(size) + 2 failures in a row without any success;
// from then on parts that fail are not divided any further.
void RunExplainBatch(const Servable& servable, std::vector<std::unique_ptr<BatchTask>> batch,
                     const Clock& clock);

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_EXPLAIN_TASK_H_
