#ifndef PROVNET_TRAINER_DISTRIBUTED_SHARE_H_
#define PROVNET_TRAINER_DISTRIBUTED_SHARE_H_

#include <cstdint>

namespace provnet {

// Which of `ranks` processes does a part of the work; the default does it all.
struct RankOf {
  uint32_t rank = 0;
  uint32_t ranks = 1;
};

// Positions begin .. end - 1 of a row of things.
struct Share {
  int64_t begin = 0;
  int64_t end = 0;

  int64_t size() const { return end - begin; }
};

// The part of `total` things in a row that belongs to one rank. The parts are disjoint, in the
// order of the ranks, cover everything, and differ in size by at most one.
inline Share ShareOf(int64_t total, RankOf who) {
  return {total * who.rank / who.ranks, total * (who.rank + int64_t{1}) / who.ranks};
}

// The size of the largest part.
inline int64_t LargestShare(int64_t total, uint32_t ranks) { return (total + ranks - 1) / ranks; }

}  // namespace provnet

#endif  // PROVNET_TRAINER_DISTRIBUTED_SHARE_H_
