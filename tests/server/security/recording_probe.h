#ifndef PROVNET_TESTS_SERVER_SECURITY_RECORDING_PROBE_H_
#define PROVNET_TESTS_SERVER_SECURITY_RECORDING_PROBE_H_

#include <map>
#include <string>
#include <vector>

#include "server/security/security_probe.h"
#include "storage/base/mutex.h"

namespace provnet {

// Remembers what it was told. Thread-safe.
class RecordingProbe final : public SecurityProbe {
 public:
  void Reloaded(absl::string_view what) override {
    const MutexLock lock(mutex_);
    reloaded_.emplace_back(what);
  }
  void ReloadFailed(absl::string_view, const absl::Status& status) override {
    const MutexLock lock(mutex_);
    failures_.push_back(status);
  }
  void CertificateExpires(absl::string_view what, absl::Time when) override {
    const MutexLock lock(mutex_);
    expiries_[std::string(what)] = when;
  }

  void AuditBroken(const absl::Status& status) override { ReloadFailed("audit", status); }
  void AuditMended() override { Reloaded("audit"); }
  void DisclosureJudged(bool made) override {
    const MutexLock lock(mutex_);
    ++(made ? disclosures_made_ : disclosures_refused_);
  }

  void BudgetExhausted(absl::string_view principal) override {
    const MutexLock lock(mutex_);
    ++exhausted_[std::string(principal)];
  }
  void BudgetNotRecorded(const absl::Status& status) override { ReloadFailed("budget", status); }
  // Refusals by principal.
  std::map<std::string, int> exhausted() const {
    const MutexLock lock(mutex_);
    return exhausted_;
  }

  int disclosures_made() const {
    const MutexLock lock(mutex_);
    return disclosures_made_;
  }
  int disclosures_refused() const {
    const MutexLock lock(mutex_);
    return disclosures_refused_;
  }
  std::vector<std::string> reloaded() const {
    const MutexLock lock(mutex_);
    return reloaded_;
  }
  std::vector<absl::Status> failures() const {
    const MutexLock lock(mutex_);
    return failures_;
  }
  // The last that was said of each.
  std::map<std::string, absl::Time> expiries() const {
    const MutexLock lock(mutex_);
    return expiries_;
  }

 private:
  mutable Mutex mutex_;
  std::vector<std::string> reloaded_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, absl::Time> expiries_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, int> exhausted_ ABSL_GUARDED_BY(mutex_);
  int disclosures_made_ ABSL_GUARDED_BY(mutex_) = 0;
  int disclosures_refused_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<absl::Status> failures_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace provnet

#endif  // PROVNET_TESTS_SERVER_SECURITY_RECORDING_PROBE_H_
