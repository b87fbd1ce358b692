#ifndef PROVNET_CLIENT_BENCH_LOAD_COUNTERS_H_
#define PROVNET_CLIENT_BENCH_LOAD_COUNTERS_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <map>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "client/bench/log_histogram.h"

namespace provnet {

// The part of a run that is measured: [begin, end), on the driver's clock.
struct MeasuredWindow {
  absl::Duration begin;
  absl::Duration end;

  bool Contains(absl::Duration time) const { return begin <= time && time < end; }
};

// What the calls of a run came to. Two populations, because latency belongs to the calls that were
// due inside the window, however late they end, and throughput to those that ended inside it.
// Thread-safe.
class LoadCounters {
 public:
  explicit LoadCounters(MeasuredWindow window) : window_(window) {}

  // A call that was due at `due` ended at `now` with `code` and that many bytes of response.
  void CallEnded(absl::Duration due, absl::Duration now, absl::StatusCode code,
                 size_t response_bytes);

  // Latency of the calls that were due inside the window and succeeded.
  const LogHistogram& latency() const { return latency_; }
  // Calls that ended inside the window: with success, and bytes of their responses.
  uint64_t succeeded() const { return succeeded_; }
  uint64_t response_bytes() const { return response_bytes_; }
  // Calls that ended inside the window without success, by code; only codes that occurred.
  std::map<absl::StatusCode, uint64_t> Failures() const;

 private:
  static constexpr size_t kCodes = 17;

  const MeasuredWindow window_;
  LogHistogram latency_;
  std::atomic<uint64_t> succeeded_ = 0;
  std::atomic<uint64_t> response_bytes_ = 0;
  std::array<std::atomic<uint64_t>, kCodes> failed_ = {};
};

}  // namespace provnet

#endif  // PROVNET_CLIENT_BENCH_LOAD_COUNTERS_H_
