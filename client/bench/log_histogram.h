#ifndef PROVNET_CLIENT_BENCH_LOG_HISTOGRAM_H_
#define PROVNET_CLIENT_BENCH_LOG_HISTOGRAM_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"

namespace provnet {

// Durations from 1 ns to about 70 s in buckets whose width is at most 1/128 of their value, after
// HdrHistogram (G. Tene): values below 256 ns have a bucket each; above, every power of two is cut
// into 128 equal buckets. So a quantile is known to within 0.8 %, in 30 KiB, whatever the
// distribution. Longer durations count as the longest.
//
// Thread-safe. Recording is one relaxed atomic increment and, rarely, the update of the maximum.
// Readers see every record that happened before; read after the writers are done for a consistent
// picture.
class LogHistogram {
 public:
  void Record(absl::Duration value);

  uint64_t count() const;

  // The smallest recorded value that at least a share `q` (0 .. 1) of all are not above, rounded up
  // to its bucket's largest, but never above Max(). Zero when nothing was recorded.
  absl::Duration Quantile(double q) const;

  // Exact, if below 70 s.
  absl::Duration Max() const;

  // The arithmetic mean, to within half a bucket.
  absl::Duration Mean() const;

 private:
  static constexpr int kSubBucketBits = 7;
  static constexpr int kLargestBit = 36;
  static constexpr size_t kBuckets = size_t{kLargestBit - kSubBucketBits + 2} << kSubBucketBits;

  static size_t BucketOf(uint64_t nanoseconds);
  static uint64_t LargestIn(size_t bucket);

  std::array<std::atomic<uint64_t>, kBuckets> counts_ = {};
  std::atomic<uint64_t> max_nanoseconds_ = 0;
};

}  // namespace provnet

#endif  // PROVNET_CLIENT_BENCH_LOG_HISTOGRAM_H_
