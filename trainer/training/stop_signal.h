#ifndef PROVNET_TRAINER_TRAINING_STOP_SIGNAL_H_
#define PROVNET_TRAINER_TRAINING_STOP_SIGNAL_H_

#include <functional>

namespace provnet {

// Asked between steps; true once the work shall end.
using StopCondition = std::function<bool()>;

// Makes the first SIGINT or SIGTERM a request to stop, which the returned condition reports; a
// second one ends the process at once. Call once, from main, before any thread starts.
StopCondition StopOnSignals();

}  // namespace provnet

#endif  // PROVNET_TRAINER_TRAINING_STOP_SIGNAL_H_
