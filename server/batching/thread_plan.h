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
// least 1). Both open: up to four executors that share the cores, because side by side they need
// not wait for each other at the end of every operator. On two cores, with 18,000 samples and 64
// callers, two executors of one thread answered 3,100 requests a second and one executor of two
// threads 2,040, and a lone caller's median fell from 2.0 to 1.6 ms (scripts/bench.sh, 2026-11-23).
// Values that the caller names are obeyed even where they oversubscribe the cores. A pure function.
ThreadPlan PlanThreads(int cores, int executors, int intra_op_threads);

}  // namespace provnet

#endif  // PROVNET_SERVER_BATCHING_THREAD_PLAN_H_
