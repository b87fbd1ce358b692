#ifndef PROVNET_SERVER_BATCHING_OWN_CORES_H_
#define PROVNET_SERVER_BATCHING_OWN_CORES_H_

namespace provnet {

// Makes this thread, and those that it starts from here on, take turns with one another: one that
// becomes ready waits for the one that runs to sleep or to use up its slice, instead of
// interrupting it (Linux's SCHED_BATCH; see sched(7)). Requests that come while a batch runs are
// then received together, and the batch's caches stay warm. Right where nobody else uses the
// process's cores: others would interrupt it, and not be interrupted by it.
void TakeTurnsOnOwnCores();

}  // namespace provnet

#endif  // PROVNET_SERVER_BATCHING_OWN_CORES_H_
