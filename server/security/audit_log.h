#ifndef PROVNET_SERVER_SECURITY_AUDIT_LOG_H_
#define PROVNET_SERVER_SECURITY_AUDIT_LOG_H_

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/security/recording_state.h"
#include "server/security/security_probe.h"
#include "storage/base/clock.h"
#include "storage/base/file_io.h"
#include "storage/base/mutex.h"

namespace provnet {

// One answer that showed something of the training set.
struct AuditEntry {
  // Who: the policy's principal, empty without a policy, and the other end of the connection.
  std::string principal;
  std::string peer;
  // Which request: its id in log and trailer, and the call's name.
  std::string request_id;
  std::string rpc;
  // Of what.
  std::string model;
  uint64_t version = 0;
  std::string store_snapshot_id;
  // How much of each sample: "indices", "labels" or "content".
  std::string disclosure;
  // The positions of the samples in the store.
  std::vector<uint64_t> samples;
  // The answer of CheckMembership.
  struct Membership {
    bool member = false;
    double p_value = 0;
    double false_positive_rate = 0;
  };
  std::optional<Membership> membership = std::nullopt;
};

// The record of disclosures: a file of JSON lines, to which an entry is written before the answer
// that it is about is sent. What can't be recorded must not be disclosed. Thread-safe.
//
// An entry is in the kernel's hands once Record has returned OK: it survives the end of the
// process, though not that of the machine within the seconds that the kernel takes to write it out.
class AuditLog {
 public:
  // Changes whenever the file shall be opened anew, since it was renamed. Thread-safe.
  using ReopenEpoch = std::function<uint64_t()>;

  // Opens the file for appending, or creates it, readable by its owner alone. Errors are those of
  // ErrnoToStatus. `clock` and `probe` outlive this.
  static absl::StatusOr<std::unique_ptr<AuditLog>> Open(const std::filesystem::path& file,
                                                        ReopenEpoch reopen_epoch,
                                                        const Clock& clock, SecurityProbe& probe);

  // Writes a whole line or none. UNAVAILABLE, without the path, when it can't. May block on the
  // disk.
  absl::Status Record(const AuditEntry& entry, absl::Time now);

  // UNAVAILABLE while entries can't be written. Never blocks.
  absl::Status Check() const { return state_.Check(); }

  // After a failure tries again, by writing a line that says so. May block on the disk.
  void Retry(absl::Time now);

 private:
  AuditLog(std::filesystem::path file, ReopenEpoch reopen_epoch, const Clock& clock,
           SecurityProbe& probe)
      : path_(std::move(file)),
        reopen_epoch_(std::move(reopen_epoch)),
        probe_(probe),
        state_("what is disclosed", clock) {}

  absl::Status Reopen() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Append(const std::string& line) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status WriteLine(const std::string& line) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::filesystem::path path_;
  const ReopenEpoch reopen_epoch_;
  SecurityProbe& probe_;
  RecordingState state_;

  // Held while writing.
  Mutex mutex_;
  FileDescriptor file_ ABSL_GUARDED_BY(mutex_);
  // The epoch in which file_ was opened.
  uint64_t epoch_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_SECURITY_AUDIT_LOG_H_
