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

// When a call was meant to start, did start, and ended.
struct CallTimes {
  absl::Duration due;
  absl::Duration sent;
  absl::Duration ended;
};

// What the calls of a run came to. Two populations, because latency belongs to the calls that were
// due inside the window, however late they end, and throughput to those that ended inside it.
// Thread-safe.
class LoadCounters {
 public:
  // A call is answered in time when it succeeds within `deadline` from when it was due.
  explicit LoadCounters(MeasuredWindow window, absl::Duration deadline = absl::InfiniteDuration())
      : window_(window), deadline_(deadline) {}

  // A call has ended with `code` and that many bytes of response.
  void CallEnded(const CallTimes& times, absl::StatusCode code, size_t response_bytes);

  // A call that was due then was not sent, since it would have been refused.
  void CallHeldBack(absl::Duration due);

  // Latency of the calls that were due inside the window and succeeded.
  const LogHistogram& latency() const { return latency_; }
  // How long the server took, from when they were sent, to refuse those that were due inside the
  // window and ended with RESOURCE_EXHAUSTED.
  const LogHistogram& refusal_latency() const { return refusal_latency_; }
  // How late the driver itself sent what was due inside the window.
  const LogHistogram& send_lag() const { return send_lag_; }
  // Calls that were due inside the window, and those of them that were not sent, and that were
  // answered in time.
  uint64_t offered() const { return offered_; }
  uint64_t held_back() const { return held_back_; }
  uint64_t in_time() const { return in_time_; }
  // Calls that ended inside the window: with success, and bytes of their responses.
  uint64_t succeeded() const { return succeeded_; }
  uint64_t response_bytes() const { return response_bytes_; }
  // Calls that ended inside the window without success, by code; only codes that occurred.
  std::map<absl::StatusCode, uint64_t> Failures() const;

 private:
  static constexpr size_t kCodes = 17;

  const MeasuredWindow window_;
  const absl::Duration deadline_;
  LogHistogram latency_;
  LogHistogram refusal_latency_;
  LogHistogram send_lag_;
  std::atomic<uint64_t> offered_ = 0;
  std::atomic<uint64_t> held_back_ = 0;
  std::atomic<uint64_t> in_time_ = 0;
  std::atomic<uint64_t> succeeded_ = 0;
  std::atomic<uint64_t> response_bytes_ = 0;
  std::array<std::atomic<uint64_t>, kCodes> failed_ = {};
};

}  // namespace provnet

#endif  // PROVNET_CLIENT_BENCH_LOAD_COUNTERS_H_
