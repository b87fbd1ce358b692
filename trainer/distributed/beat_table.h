#ifndef PROVNET_TRAINER_DISTRIBUTED_BEAT_TABLE_H_
#define PROVNET_TRAINER_DISTRIBUTED_BEAT_TABLE_H_

#include <cstdint>
#include <vector>

#include "absl/time/time.h"

namespace provnet {

// When each rank of a world was last known to be alive, by a counter that it counts up. Times come
// from one monotonic clock. Not thread-safe.
class BeatTable {
 public:
  // All ranks count as alive at `now`.
  BeatTable(uint32_t ranks, absl::Duration now) : beats_(ranks, -1), heard_(ranks, now) {}

  // Rank `rank`'s counter stood at `beats` when it was read at `now`.
  void Read(uint32_t rank, int64_t beats, absl::Duration now) {
    if (beats == beats_[rank]) return;
    beats_[rank] = beats;
    heard_[rank] = now;
  }

  // The ranks whose counters have not moved for longer than `limit`; ascending.
  std::vector<uint32_t> Silent(absl::Duration now, absl::Duration limit) const {
    std::vector<uint32_t> silent;
    for (uint32_t rank = 0; rank < heard_.size(); ++rank) {
      if (now - heard_[rank] > limit) silent.push_back(rank);
    }
    return silent;
  }

 private:
  std::vector<int64_t> beats_;
  std::vector<absl::Duration> heard_;
};

}  // namespace provnet

#endif  // PROVNET_TRAINER_DISTRIBUTED_BEAT_TABLE_H_
