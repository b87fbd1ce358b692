#ifndef PROVNET_CLIENT_RETRY_LOOP_H_
#define PROVNET_CLIENT_RETRY_LOOP_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "client/client_options.h"
#include "client/rpc_failure.h"

namespace provnet {

// The attempts of one call, from its start to its deadline. Not thread-safe; one call owns one.
class RetryLoop {
 public:
  // `options`, whose environment is complete, outlives the loop.
  RetryLoop(const ClientOptions& options, absl::Duration timeout);

  // Until the deadline; what the next attempt may use.
  absl::Duration TimeLeft() const;

  // The attempt failed. Sleeps and returns true when another is to be made; otherwise returns false
  // at once.
  bool WaitToRetry(const RpcFailure& failure);

  // Part of the work was done, so the count of attempts begins anew.
  void NoteProgress() { attempt_ = 1; }

  // `status` as the caller should see it: with the call, the target and how often it was tried.
  absl::Status Describe(const absl::Status& status, absl::string_view call) const;

 private:
  const ClientOptions& options_;
  const absl::Duration deadline_;
  int attempt_ = 1;
  int attempts_made_ = 1;
};

}  // namespace provnet

#endif  // PROVNET_CLIENT_RETRY_LOOP_H_
