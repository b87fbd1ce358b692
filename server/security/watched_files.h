#ifndef PROVNET_SERVER_SECURITY_WATCHED_FILES_H_
#define PROVNET_SERVER_SECURITY_WATCHED_FILES_H_

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/security/security_probe.h"
#include "storage/base/mutex.h"
#include "storage/base/repeating_thread.h"

namespace provnet {

// Files that together hold one thing (a policy and its tokens; a key and its certificates), read
// again while the server runs. Contents are compared, not times, so it does not matter how a file
// is replaced. Thread-safe.
//
// A change that can't be used leaves what was loaded before in force, is reported once, and is
// tried again at each look, since time may mend it: a certificate becomes valid.
class WatchedFiles {
 public:
  // Takes the files' contents, in their order, into use, or says why it can't and changes nothing.
  using Load = std::function<absl::Status(const std::vector<std::string>& contents)>;

  struct Options {
    // What they hold: "access rules". For probe and log.
    std::string what;
    std::vector<std::filesystem::path> files;
    // Between two looks; zero looks only when Poll is called.
    absl::Duration interval = absl::Seconds(2);
  };

  // Larger files are refused.
  static constexpr size_t kMaxFileBytes = 4 << 20;

  // Loads once, then watches. Fails as that first load does. `probe` and what `load` refers to
  // outlive this.
  static absl::StatusOr<std::unique_ptr<WatchedFiles>> Open(Options options, Load load,
                                                            SecurityProbe& probe);

  WatchedFiles(const WatchedFiles&) = delete;
  WatchedFiles& operator=(const WatchedFiles&) = delete;

  // Looks at the files now.
  void Poll();

 private:
  WatchedFiles(Options options, Load load, SecurityProbe& probe)
      : options_(std::move(options)), load_(std::move(load)), probe_(probe) {}

  absl::StatusOr<std::vector<std::string>> Read() const;

  const Options options_;
  const Load load_;
  SecurityProbe& probe_;

  // One look at a time; held while files are read, so by nobody who serves.
  Mutex poll_mutex_;
  // The contents that were last tried, for better or worse; empty after a failed read.
  std::vector<std::string> seen_ ABSL_GUARDED_BY(poll_mutex_);
  // load_ did not take seen_.
  bool refused_ ABSL_GUARDED_BY(poll_mutex_) = false;
  // Why the files could not be read, at the last look.
  absl::Status unreadable_ ABSL_GUARDED_BY(poll_mutex_);

  // The last member: it calls Poll(). Null where only others do.
  std::unique_ptr<RepeatingThread> thread_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_SECURITY_WATCHED_FILES_H_
