#ifndef PROVNET_SERVER_SERVICE_REQUEST_LOG_H_
#define PROVNET_SERVER_SERVICE_REQUEST_LOG_H_

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/service/request_identity.h"
#include "server/service/rpc.h"
#include "server/service/structured_log.h"
#include "storage/base/clock.h"
#include "storage/base/mutex.h"

namespace provnet {

// The log of finished requests: failures at `warning`, at most `max_failures_per_second` of them
// with the number of those left out; successes at `debug`. Thread-safe.
class RequestLog {
 public:
  // `log` and `clock` outlive this.
  RequestLog(const StructuredLog& log, const Clock& clock, int max_failures_per_second = 10)
      : log_(log), clock_(clock), max_failures_per_second_(max_failures_per_second) {}

  // `number` is the request's position in its stream, where it is part of one.
  void Finished(Rpc rpc, const RequestIdentity& identity, std::optional<uint64_t> number,
                const absl::Status& status, absl::Duration took);

 private:
  // Whether one more failure may be written now; `suppressed` becomes the number of those that were
  // not, since.
  bool Admit(uint64_t& suppressed);

  const StructuredLog& log_;
  const Clock& clock_;
  const int max_failures_per_second_;

  Mutex mutex_;
  absl::Duration window_start_ ABSL_GUARDED_BY(mutex_) = -absl::InfiniteDuration();
  int written_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t suppressed_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_REQUEST_LOG_H_
