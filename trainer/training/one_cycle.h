#ifndef PROVNET_TRAINER_TRAINING_ONE_CYCLE_H_
#define PROVNET_TRAINER_TRAINING_ONE_CYCLE_H_

#include <cstdint>

namespace provnet {

// The one-cycle schedule (Smith and Topin 2018): the step size rises from peak / 25 to `peak` over
// the first quarter of the run and falls to peak / 10000 over the rest, both along half a cosine
// wave. `step` is 0 .. total_steps - 1; total_steps is at least 1.
double OneCycleLearningRate(uint64_t step, uint64_t total_steps, double peak);

}  // namespace provnet

#endif  // PROVNET_TRAINER_TRAINING_ONE_CYCLE_H_
