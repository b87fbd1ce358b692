#ifndef PROVNET_SERVER_MODEL_SHARE_ROWS_H_
#define PROVNET_SERVER_MODEL_SHARE_ROWS_H_

#include <ATen/Parallel.h>

#include <algorithm>
#include <cstdint>

#include "storage/base/spare_cores.h"

namespace provnet {

// Calls multiply(begin, end) for ranges that make up 0 .. count - 1, side by side on LibTorch's
// threads, or where this thread has but one, with spare cores. Counts what the caller likes, in
// ranges of `least` at least, each of which takes `bytes` of rows to read. `multiply` must not
// throw.
template <typename Multiply>
void ShareRows(int64_t count, int64_t least, int64_t bytes, const Multiply& multiply) {
  // Takes longer to read than a helper takes to come.
  constexpr int64_t kBytesWorthHelp = int64_t{1} << 20;
  const int spare = SpareCores::OnThisThread();
  const int64_t parts = std::min(count * bytes / kBytesWorthHelp * 2, count / least);
  if (spare == 0 || parts < 2 || at::get_num_threads() > 1) {
    at::parallel_for(0, count, least, multiply);
    return;
  }
  const int64_t size = (count + parts - 1) / parts;
  ShareWithSpareCores((count + size - 1) / size, [&](int64_t part) {
    multiply(part * size, std::min(count, (part + 1) * size));
  });
}

}  // namespace provnet

#endif  // PROVNET_SERVER_MODEL_SHARE_ROWS_H_
