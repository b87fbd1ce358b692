#ifndef PROVNET_CLIENT_ADAPTIVE_THROTTLE_H_
#define PROVNET_CLIENT_ADAPTIVE_THROTTLE_H_

#include "absl/time/time.h"

namespace provnet {

// Keeps calls from a server that would refuse them anyway: an overloaded server spends on each
// refusal what it then lacks for answers, and the smaller the model, the larger that share.
//
// Client-side throttling after Beyer et al., Site Reliability Engineering (2016), chapter 21: with
// r calls wanted and a of them taken in the last seconds, a call is held back with the probability
// (r - K a) / (r + 1). There K is a constant, between what refusals cost (K = 2 offers the server
// twice what it can do) and how soon it is noticed that the server can do more. Here K depends on
// the share of what was sent that was refused: near 1.05 where the server refuses, 2 where it
// doesn't, so that the flow doubles within seconds once there is room.
//
// Who calls a few times in a second is never held back. Times are a steady clock's and don't go
// back. Thread-compatible.
class AdaptiveThrottle {
 public:
  // Whether the next call is not to be sent; `chance` is uniform in [0, 1).
  bool HoldsBack(absl::Duration now, double chance);

  // How a call that was sent ended. What failed for another reason than overload was taken.
  void Taken(absl::Duration now);
  void Refused(absl::Duration now);

 private:
  void Forget(absl::Duration now);
  double HoldBackProbability() const;

  // Exponentially decayed counts, as of `counted_at_`.
  double taken_ = 0;
  double refused_ = 0;
  double held_back_ = 0;
  absl::Duration counted_at_ = absl::ZeroDuration();
};

}  // namespace provnet

#endif  // PROVNET_CLIENT_ADAPTIVE_THROTTLE_H_
