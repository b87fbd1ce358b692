#ifndef PROVNET_SERVER_SECURITY_SECURITY_PROBE_H_
#define PROVNET_SERVER_SECURITY_SECURITY_PROBE_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace provnet {

// What the security parts tell their operator. Thread-safe.
class SecurityProbe {
 public:
  virtual ~SecurityProbe() = default;

  // Changed files are in force. `what` is one of a fixed few: "access rules", "certificates".
  virtual void Reloaded(absl::string_view what) = 0;
  // Changed files can't be used; what was in force stays.
  virtual void ReloadFailed(absl::string_view what, const absl::Status& status) = 0;
  // When the certificates now in use stop working. `what` is "server" or "client CA".
  virtual void CertificateExpires(absl::string_view what, absl::Time when) = 0;

  // From here on disclosures can't be recorded, or can be again.
  virtual void AuditBroken(const absl::Status& status) = 0;
  virtual void AuditMended() = 0;
  // A disclosure was recorded and made, or neither.
  virtual void DisclosureJudged(bool made) = 0;

  // A question about membership was refused: the principal's budget is used up, or its use can't be
  // recorded.
  virtual void BudgetExhausted(absl::string_view principal) = 0;
  virtual void BudgetNotRecorded(const absl::Status& status) = 0;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_SECURITY_SECURITY_PROBE_H_
