#ifndef PROVNET_SERVER_LIFECYCLE_REPOSITORY_WATCHER_H_
#define PROVNET_SERVER_LIFECYCLE_REPOSITORY_WATCHER_H_

#include <atomic>
#include <filesystem>
#include <thread>

#include "absl/time/time.h"
#include "server/lifecycle/model_lifecycle.h"
#include "server/lifecycle/repository_watch.h"

namespace provnet {

// The thread that runs a lifecycle: a pass whenever the repository changes, a version is due for
// another look, or `poll_interval` has passed, whichever comes first. Thread-safe.
class RepositoryWatcher {
 public:
  // Starts. `lifecycle` is this thread's alone from here on and outlives it.
  RepositoryWatcher(ModelLifecycle& lifecycle, std::filesystem::path root,
                    absl::Duration poll_interval);

  // Stops and joins.
  ~RepositoryWatcher();
  RepositoryWatcher(const RepositoryWatcher&) = delete;
  RepositoryWatcher& operator=(const RepositoryWatcher&) = delete;

  // No load begins after this; one that runs goes on to its end. Does not wait for it.
  void Stop();

  // As RepositoryWatch::status.
  const absl::Status& watch_status() const { return watch_status_; }

 private:
  void Run();

  ModelLifecycle& lifecycle_;
  const absl::Duration poll_interval_;
  RepositoryWatch watch_;
  const absl::Status watch_status_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_LIFECYCLE_REPOSITORY_WATCHER_H_
