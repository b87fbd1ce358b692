#ifndef PROVNET_TRAINER_AUDIT_SAMPLE_GROUPS_H_
#define PROVNET_TRAINER_AUDIT_SAMPLE_GROUPS_H_

#include <cstdint>
#include <span>
#include <vector>

#include "trainer/data/dataset.h"

namespace provnet {

// Samples 0 .. n-1 in groups that grow together (union-find, Tarjan 1975): near constant time a
// call. Not thread-safe.
class SampleGroups {
 public:
  // Each sample alone.
  explicit SampleGroups(size_t count);

  // Puts the groups of `a` and `b` together.
  void Join(size_t a, size_t b);
  // The smallest sample of the group; the same for all its members.
  size_t Representative(size_t sample);
  // The groups of two and more, members ascending, in the order of their first members.
  std::vector<std::vector<uint64_t>> Groups();

 private:
  std::vector<size_t> parent_;
};

// The images that are equal in every pixel, by SHA-256: groups of two and more, members ascending,
// in the order of their first members. Labels play no part.
std::vector<std::vector<uint64_t>> ExactDuplicates(const Dataset& data);

}  // namespace provnet

#endif  // PROVNET_TRAINER_AUDIT_SAMPLE_GROUPS_H_
