#ifndef PROVNET_SERVER_SERVICE_STOP_REQUEST_H_
#define PROVNET_SERVER_SERVICE_STOP_REQUEST_H_

#include "server/service/server.h"
#include "server/service/structured_log.h"
#include "storage/base/mutex.h"

namespace provnet {

// What ShutdownSignals mean to a server: the first asks for a clean end, or ends a start that is
// not done with exit code 0, since nothing has been accepted yet; the second ends the process at
// once with exit code 1 and says how many requests that cut. Thread-safe.
class StopRequest {
 public:
  // `log` outlives this.
  explicit StopRequest(const StructuredLog& log) : log_(log) {}

  // From here on the first signal means a clean end. Call before the server serves; it lives until
  // Ended.
  void Started(const Server& server);

  // From here on signals mean nothing: the end is under way.
  void Ended();

  // For ShutdownSignals.
  void Handle(int signal, int count);

  // Blocks until the first signal.
  void AwaitStop();

 private:
  const StructuredLog& log_;

  Mutex mutex_;
  CondVar stopped_;
  const Server* server_ ABSL_GUARDED_BY(mutex_) = nullptr;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  bool stop_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_STOP_REQUEST_H_
