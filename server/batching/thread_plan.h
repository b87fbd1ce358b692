#ifndef PROVNET_SERVER_BATCHING_THREAD_PLAN_H_
#define PROVNET_SERVER_BATCHING_THREAD_PLAN_H_

namespace provnet {

// How many batches run at a time, and with how many threads each.
struct ThreadPlan {
  int executors = 1;
  int intra_op_threads = 1;

  friend bool operator==(const ThreadPlan&, const ThreadPlan&) = default;
};

// Fills in what was left open (0) so that executors * intra_op_threads stays within `cores` (at
// least 1). Both open: one executor with all cores, because one large batch in all cores costs less
// than two halves side by side. Values that the caller names are obeyed even where they
// oversubscribe the cores. A pure function.
ThreadPlan PlanThreads(int cores, int executors, int intra_op_threads);

}  // namespace provnet

#endif  // PROVNET_SERVER_BATCHING_THREAD_PLAN_H_
