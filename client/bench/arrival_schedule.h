#ifndef PROVNET_CLIENT_BENCH_ARRIVAL_SCHEDULE_H_
#define PROVNET_CLIENT_BENCH_ARRIVAL_SCHEDULE_H_

#include <cstdint>
#include <random>

#include "absl/time/time.h"

namespace provnet {

// When the requests of an open loop are meant to start: a Poisson process, as independent users
// make one. The times are fixed beforehand, whatever the server does, and latency counts from them:
// a stall shows in every request that was due while it lasted (no coordinated omission).
// Deterministic from the seed. Not thread-safe.
class ArrivalSchedule {
 public:
  // `per_second` is above zero; times are offsets from the same origin as `start`.
  ArrivalSchedule(double per_second, absl::Duration start, uint64_t seed)
      : next_(start), generator_(seed), gap_seconds_(per_second) {
    Advance();
  }

  // When the next request is due; may lie in the past.
  absl::Duration Next() const { return next_; }

  // How long to wait for it; zero when it is due or overdue.
  absl::Duration Wait(absl::Duration now) const;

  // Takes the next request off the schedule and returns when it was due.
  absl::Duration Take();

 private:
  void Advance();

  absl::Duration next_;
  std::mt19937_64 generator_;
  std::exponential_distribution<double> gap_seconds_;
};

}  // namespace provnet

#endif  // PROVNET_CLIENT_BENCH_ARRIVAL_SCHEDULE_H_
