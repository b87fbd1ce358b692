#include "server/service/security_log.h"

#include <string>

namespace provnet {

void SecurityLog::Reloaded(absl::string_view what) {
  log_.Write(LogLevel::kInfo, "reloaded", {{"what", std::string(what)}});
  next_.Reloaded(what);
}

void SecurityLog::ReloadFailed(absl::string_view what, const absl::Status& status) {
  log_.Write(LogLevel::kError, "not reloaded; what was in force stays",
             {{"what", std::string(what)}, {"reason", status.ToString()}});
  next_.ReloadFailed(what, status);
}

void SecurityLog::CertificateExpires(absl::string_view what, absl::Time when) {
  log_.Write(LogLevel::kInfo, "certificates in use",
             {{"what", std::string(what)},
              {"expires", absl::FormatTime(absl::RFC3339_sec, when, absl::UTCTimeZone())}});
  next_.CertificateExpires(what, when);
}

void SecurityLog::AuditBroken(const absl::Status& status) {
  log_.Write(LogLevel::kError, "disclosures can't be recorded; none is made",
             {{"reason", status.ToString()}});
  next_.AuditBroken(status);
}

void SecurityLog::AuditMended() {
  log_.Write(LogLevel::kInfo, "disclosures can be recorded again", {});
  next_.AuditMended();
}

void SecurityLog::BudgetNotRecorded(const absl::Status& status) {
  log_.Write(LogLevel::kError, "a membership budget can't be recorded; the question is refused",
             {{"reason", status.ToString()}});
  next_.BudgetNotRecorded(status);
}

}  // namespace provnet
