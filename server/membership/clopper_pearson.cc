#include "server/membership/clopper_pearson.h"

#include <boost/math/special_functions/beta.hpp>
#include <cassert>

namespace provnet {

// The lower bound L solves P(X >= successes | L) = tail, which as an incomplete beta function reads
// I_L(successes, trials - successes + 1) = tail; the upper bound likewise from the other side.
ShareInterval ClopperPearson(uint64_t successes, uint64_t trials, double confidence) {
  assert(successes <= trials);
  const double tail = (1 - confidence) / 2;
  const auto hits = static_cast<double>(successes);
  const auto misses = static_cast<double>(trials - successes);
  ShareInterval interval;
  if (successes > 0) interval.lower = boost::math::ibeta_inv(hits, misses + 1, tail);
  if (successes < trials) interval.upper = boost::math::ibetac_inv(hits + 1, misses, tail);
  return interval;
}

}  // namespace provnet
