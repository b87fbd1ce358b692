#ifndef PROVNET_CLIENT_THROTTLES_H_
#define PROVNET_CLIENT_THROTTLES_H_

#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "client/adaptive_throttle.h"
#include "client/rpc_failure.h"
#include "storage/base/mutex.h"

namespace provnet {

// One AdaptiveThrottle for each thing that can be overloaded by itself, such as a model, under a
// key; made when it first refuses, so it costs nothing before. Thread-safe.
class Throttles {
 public:
  // The failure of a call that is held back: RESOURCE_EXHAUSTED with the delay that the server
  // last asked for. Nothing: it may be sent. `chance` is uniform in [0, 1).
  std::optional<RpcFailure> HoldBack(absl::string_view key, absl::Duration now, double chance);

  // How a call that was sent ended. Refused for overload is RESOURCE_EXHAUSTED with RetryInfo, but
  // for a budget that is used up.
  void Observe(absl::string_view key, absl::Duration now, const RpcFailure& outcome);

 private:
  struct Entry {
    AdaptiveThrottle throttle;
    absl::Duration delay;
  };

  Mutex mutex_;
  absl::flat_hash_map<std::string, Entry> entries_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace provnet

#endif  // PROVNET_CLIENT_THROTTLES_H_
