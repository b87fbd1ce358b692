#ifndef PROVNET_SERVER_MEMBERSHIP_CLOPPER_PEARSON_H_
#define PROVNET_SERVER_MEMBERSHIP_CLOPPER_PEARSON_H_

#include <cstdint>

namespace provnet {

// A closed interval of shares, 0 <= lower <= upper <= 1.
struct ShareInterval {
  double lower = 0;
  double upper = 1;
};

// The exact interval for a share of which `successes` in `trials` independent draws were seen
// (Clopper and Pearson, Biometrika 26, 1934): it misses the true share with a probability of at
// most 1 - confidence, half of it on either side. Conservative. successes <= trials, 0 < confidence
// < 1; no trial says nothing: 0 .. 1.
ShareInterval ClopperPearson(uint64_t successes, uint64_t trials, double confidence);

}  // namespace provnet

#endif  // PROVNET_SERVER_MEMBERSHIP_CLOPPER_PEARSON_H_
