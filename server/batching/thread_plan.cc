#include "server/batching/thread_plan.h"

#include <algorithm>

namespace provnet {
namespace {

constexpr int kDefaultExecutors = 4;

}  // namespace

ThreadPlan PlanThreads(int cores, int executors, int intra_op_threads) {
  cores = std::max(cores, 1);
  if (executors <= 0 && intra_op_threads <= 0) executors = std::min(cores, kDefaultExecutors);
  if (executors <= 0) return {std::max(cores / intra_op_threads, 1), intra_op_threads};
  if (intra_op_threads <= 0) return {executors, std::max(cores / executors, 1)};
  return {executors, intra_op_threads};
}

}  // namespace provnet
