#ifndef PROVNET_SERVER_SECURITY_MEMBERSHIP_BUDGETS_H_
#define PROVNET_SERVER_SECURITY_MEMBERSHIP_BUDGETS_H_

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "provnet/v1/membership_usage.pb.h"
#include "server/security/access_rules.h"
#include "server/security/recording_state.h"
#include "server/security/security_probe.h"
#include "storage/base/clock.h"
#include "storage/base/file_io.h"
#include "storage/base/mutex.h"

namespace provnet {

// How many questions about membership each principal has asked about each model, in a file that is
// synced before the answer: neither a restart nor a crash gives anything back. Thread-safe.
//
// To sync less often than once a question, the file is ahead: it counts a block of questions as
// asked before the first of them is. A clean end writes the exact numbers; a crash costs a
// principal what is left of its block, at most a sixteenth of its budget or one question.
//
// Windows go by the wall clock. One that is set back makes a window longer, never a second one.
class MembershipBudgets {
 public:
  // Opens `folder`/membership_usage.json, or begins it. The folder must be there, writable, and no
  // other server's: FAILED_PRECONDITION. INVALID_ARGUMENT for a file that can't be read as what it
  // is: to begin anew would hand out every budget again, so that is left to people. `clock`
  // and `probe` outlive this.
  static absl::StatusOr<std::unique_ptr<MembershipBudgets>> Open(
      const std::filesystem::path& folder, const Clock& clock, SecurityProbe& probe);

  // Writes the exact numbers.
  ~MembershipBudgets();
  MembershipBudgets(const MembershipBudgets&) = delete;
  MembershipBudgets& operator=(const MembershipBudgets&) = delete;

  // Counts one question. RESOURCE_EXHAUSTED, with the time to come back (WithRetryAfter), when the
  // budget is used up; UNAVAILABLE, without the path, when it can't be recorded. May block on the
  // disk.
  absl::Status Charge(const std::string& principal, const std::string& model,
                      const QueryBudget& budget, absl::Time now);

  // UNAVAILABLE while uses can't be recorded. Never blocks.
  absl::Status Check() const { return state_.Check(); }

  // After a failure tries again. May block on the disk.
  void Retry(absl::Time now);

  // Takes back a question that was counted and won't be answered.
  void Refund(const std::string& principal, const std::string& model);

 private:
  struct Use {
    // No question after this is counted here.
    absl::Time window_end;
    // Asked in this window.
    uint64_t used = 0;
    // What the file says; at least `used`.
    uint64_t recorded = 0;
  };
  using Key = std::pair<std::string, std::string>;

  MembershipBudgets(std::filesystem::path file, FileDescriptor lock, const Clock& clock,
                    SecurityProbe& probe)
      : path_(std::move(file)),
        lock_(std::move(lock)),
        probe_(probe),
        state_("what is used of membership budgets", clock) {}

  absl::Status Load();
  // Writes `recorded` of every window that has not ended at `now`, and forgets the others.
  absl::Status Write(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status WriteWindows(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::filesystem::path path_;
  // Held for as long as this lives.
  const FileDescriptor lock_;
  SecurityProbe& probe_;
  RecordingState state_;

  // Held while writing.
  Mutex mutex_;
  std::map<Key, Use> uses_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace provnet

#endif  // PROVNET_SERVER_SECURITY_MEMBERSHIP_BUDGETS_H_
