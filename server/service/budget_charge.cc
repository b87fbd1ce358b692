#include "server/service/budget_charge.h"

#include <memory>
#include <utility>

#include "absl/time/clock.h"

namespace provnet {

ExemplarReader::Work ChargeAndEnqueue(Explainer::Job job) {
  // Shared, since a std::function must be copyable.
  return [job = std::make_shared<Explainer::Job>(std::move(job))](absl::Status status) {
    const Permit::Budget& budget = *job->budget;
    if (status.ok())
      status = budget.budgets->Charge(budget.principal, budget.model, budget.limit, absl::Now());
    if (!status.ok()) return job->task->Reject(std::move(status));
    status = job->queue->Enqueue(std::move(job->task));
    if (status.ok()) return;
    budget.budgets->Refund(budget.principal, budget.model);
    job->task->Reject(std::move(status));
  };
}

}  // namespace provnet
