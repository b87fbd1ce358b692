#ifndef PROVNET_SERVER_LIFECYCLE_REPOSITORY_WATCH_H_
#define PROVNET_SERVER_LIFECYCLE_REPOSITORY_WATCH_H_

#include <filesystem>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "storage/base/file_io.h"

namespace provnet {

// Notices changes of a model repository: entries of its root and of the models' folders that come,
// go or are renamed. Where the system has no inotify, or no watches left, it notices nothing, and
// its owner lives on the timeouts. What happens inside a version's folder is not watched. Thread-
// compatible, apart from Wake.
class RepositoryWatch {
 public:
  explicit RepositoryWatch(std::filesystem::path root);

  // Watches what is there now, also after the root has come back. Call before each look at the
  // repository, so that whatever that look misses is noticed afterwards.
  void Renew();

  // Blocks until something has changed since Renew, Wake was called, or `timeout` (may be infinite)
  // has passed.
  void Await(absl::Duration timeout);

  // Ends one Await, the current or the next. Thread-safe.
  void Wake();

  // Why there is no inotify; OK when there is. For the log.
  const absl::Status& status() const { return status_; }

 private:
  void Watch(const std::filesystem::path& folder);

  const std::filesystem::path root_;
  FileDescriptor inotify_;
  FileDescriptor wake_;
  absl::Status status_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_LIFECYCLE_REPOSITORY_WATCH_H_
