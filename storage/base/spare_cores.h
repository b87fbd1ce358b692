#ifndef PROVNET_STORAGE_BASE_SPARE_CORES_H_
#define PROVNET_STORAGE_BASE_SPARE_CORES_H_

#include <cstdint>

#include "absl/functional/function_ref.h"

namespace provnet {

// While it lives, so many more cores would else have nothing to do, and may help with what its
// thread computes. One a thread at most.
class SpareCores {
 public:
  explicit SpareCores(int count);
  ~SpareCores();
  SpareCores(const SpareCores&) = delete;
  SpareCores& operator=(const SpareCores&) = delete;

  // 0 where there is none.
  static int OnThisThread();
};

// Calls work(part) for each part from 0 to parts - 1, on this thread and on as many helpers as it
// has spare cores, and returns when all are done. `work` must not throw; parts run side by side, in
// any order.
//
// Helpers are threads of the process, which begin when they are first needed and sleep otherwise.
// They help one thread at a time: others do their work alone meanwhile. This thread doesn't wait
// for them to wake up; it takes one part after the other, and so does whoever comes to help. A
// helper takes some 50 us to come, so parts of less than that are not worth it.
void ShareWithSpareCores(int64_t parts, absl::FunctionRef<void(int64_t part)> work);

}  // namespace provnet

#endif  // PROVNET_STORAGE_BASE_SPARE_CORES_H_
