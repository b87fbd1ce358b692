#ifndef PROVNET_TRAINER_EXPORT_PEAK_MEMORY_H_
#define PROVNET_TRAINER_EXPORT_PEAK_MEMORY_H_

#include <cstdint>

namespace provnet {

// The largest resident set of this process since the object was made, so that several fits in one
// process each have a figure of their own. Making it hands freed memory back to the system first;
// what other objects hold counts. Where the kernel has no such meter (/proc/self/clear_refs is
// missing or read-only) the peak is the process's so far. One at a time.
class PeakMemory {
 public:
  PeakMemory();

  uint64_t bytes() const;
};

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPORT_PEAK_MEMORY_H_
