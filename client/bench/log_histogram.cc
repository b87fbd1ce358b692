#include "client/bench/log_histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace provnet {

// Values of up to kSubBucketBits + 1 bits are their own bucket. Longer ones are shifted right until
// they have that many; the shift picks the group of 128 buckets, the remaining bits below the
// leading one the bucket in it.
size_t LogHistogram::BucketOf(uint64_t nanoseconds) {
  nanoseconds = std::min(nanoseconds, (uint64_t{1} << (kLargestBit + 1)) - 1);
  int shift = std::max(0, static_cast<int>(std::bit_width(nanoseconds)) - (kSubBucketBits + 1));
  return (static_cast<size_t>(shift) << kSubBucketBits) + (nanoseconds >> shift);
}

uint64_t LogHistogram::LargestIn(size_t bucket) {
  if (bucket < (size_t{2} << kSubBucketBits)) return bucket;
  size_t shift = (bucket >> kSubBucketBits) - 1;
  uint64_t top = bucket - (shift << kSubBucketBits);
  return ((top + 1) << shift) - 1;
}

void LogHistogram::Record(absl::Duration value) {
  uint64_t nanoseconds =
      static_cast<uint64_t>(std::max<int64_t>(0, absl::ToInt64Nanoseconds(value)));
  counts_[BucketOf(nanoseconds)].fetch_add(1, std::memory_order_relaxed);
  uint64_t seen = max_nanoseconds_.load(std::memory_order_relaxed);
  while (nanoseconds > seen &&
         !max_nanoseconds_.compare_exchange_weak(seen, nanoseconds, std::memory_order_relaxed)) {
  }
}

uint64_t LogHistogram::count() const {
  uint64_t total = 0;
  for (const auto& count : counts_) total += count.load(std::memory_order_relaxed);
  return total;
}

absl::Duration LogHistogram::Quantile(double q) const {
  const uint64_t total = count();
  if (total == 0) return absl::ZeroDuration();
  const double share = std::clamp(q, 0.0, 1.0) * static_cast<double>(total);
  const uint64_t rank = std::max<uint64_t>(1, static_cast<uint64_t>(std::ceil(share)));
  uint64_t below = 0;
  for (size_t bucket = 0; bucket < kBuckets; ++bucket) {
    below += counts_[bucket].load(std::memory_order_relaxed);
    if (below >= rank) return std::min(absl::Nanoseconds(LargestIn(bucket)), Max());
  }
  return Max();
}

absl::Duration LogHistogram::Max() const {
  return absl::Nanoseconds(max_nanoseconds_.load(std::memory_order_relaxed));
}

absl::Duration LogHistogram::Mean() const {
  double sum = 0;
  uint64_t total = 0;
  for (size_t bucket = 0; bucket < kBuckets; ++bucket) {
    const uint64_t count = counts_[bucket].load(std::memory_order_relaxed);
    if (count == 0) continue;
    const uint64_t smallest = bucket == 0 ? 0 : LargestIn(bucket - 1) + 1;
    const double middle =
        (static_cast<double>(smallest) + static_cast<double>(LargestIn(bucket))) / 2;
    sum += middle * static_cast<double>(count);
    total += count;
  }
  return total == 0 ? absl::ZeroDuration() : absl::Nanoseconds(sum / static_cast<double>(total));
}

}  // namespace provnet
