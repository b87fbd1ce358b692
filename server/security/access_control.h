#ifndef PROVNET_SERVER_SECURITY_ACCESS_CONTROL_H_
#define PROVNET_SERVER_SECURITY_ACCESS_CONTROL_H_

#include <filesystem>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/security/access_rules.h"
#include "server/security/security_probe.h"
#include "server/security/watched_files.h"
#include "storage/base/mutex.h"

namespace provnet {

// The access rules in force, taken from files that are watched. Thread-safe.
class AccessControl {
 public:
  struct Options {
    std::filesystem::path policy;
    // May be empty: then only certificates are known.
    std::filesystem::path tokens;
    absl::Duration reload_interval = absl::Seconds(2);
    // Whether there are MembershipBudgets to enforce what the policy says about them. Without them
    // a policy with a budget is refused.
    bool enforces_budgets = false;
  };

  // INVALID_ARGUMENT and file errors name the file. `probe` outlives this.
  static absl::StatusOr<std::unique_ptr<AccessControl>> Open(const Options& options,
                                                             SecurityProbe& probe);

  // Those in force now.
  std::shared_ptr<const AccessRules> rules() const {
    const MutexLock lock(mutex_);
    return rules_;
  }

  // Looks at the files now.
  void Poll() { files_->Poll(); }

 private:
  explicit AccessControl(Options options) : options_(std::move(options)) {}

  absl::Status Load(const std::vector<std::string>& contents);

  const Options options_;
  mutable Mutex mutex_;
  std::shared_ptr<const AccessRules> rules_ ABSL_GUARDED_BY(mutex_);
  // Last: its thread uses the others.
  std::unique_ptr<WatchedFiles> files_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_SECURITY_ACCESS_CONTROL_H_
