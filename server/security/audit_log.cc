#include "server/security/audit_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>
#include <utility>

#include "storage/base/status_macros.h"

namespace provnet {
namespace {

using Json = nlohmann::ordered_json;

std::string Text(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", time, absl::UTCTimeZone());
}

// Invalid UTF-8 is replaced and control characters are escaped: no value can forge a line.
std::string Line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string Line(const AuditEntry& entry, absl::Time now) {
  Json json = {{"time", Text(now)},
               {"event", "disclosure"},
               {"principal", entry.principal},
               {"peer", entry.peer},
               {"request_id", entry.request_id},
               {"rpc", entry.rpc},
               {"model", entry.model},
               {"version", entry.version},
               {"store_snapshot_id", entry.store_snapshot_id},
               {"disclosure", entry.disclosure},
               {"samples", entry.samples}};
  if (entry.membership.has_value()) {
    json["member"] = entry.membership->member;
    json["p_value"] = entry.membership->p_value;
    json["false_positive_rate"] = entry.membership->false_positive_rate;
  }
  return Line(json);
}

// What is written to a file that has no name any more is lost. One that was renamed keeps a name.
bool WasDeleted(const FileDescriptor& file) {
  struct stat status = {};
  return fstat(file.get(), &status) != 0 || status.st_nlink == 0;
}

absl::Status Refusal() {
  return absl::UnavailableError(
      "this answer would show training samples, and the server can't record that at the moment, so "
      "it is not given; the server's log says why");
}

}  // namespace

absl::StatusOr<std::unique_ptr<AuditLog>> AuditLog::Open(const std::filesystem::path& file,
                                                         ReopenEpoch reopen_epoch,
                                                         const Clock& clock, SecurityProbe& probe) {
  std::unique_ptr<AuditLog> log(new AuditLog(file, std::move(reopen_epoch), clock, probe));
  const MutexLock lock(log->mutex_);
  log->epoch_ = log->reopen_epoch_();
  PROVNET_RETURN_IF_ERROR(log->Reopen());
  return log;
}

absl::Status AuditLog::Reopen() {
  const int file = open(path_.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return ErrnoToStatus(errno, "open", path_);
  file_ = FileDescriptor(file);
  // A crash, or a full disk, may have left half a line.
  struct stat status = {};
  char last = '\n';
  if (fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0 &&
      pread(file, &last, 1, status.st_size - 1) == 1 && last != '\n') {
    return Append("\n");
  }
  return absl::OkStatus();
}

absl::Status AuditLog::Append(const std::string& line) {
  const off_t before = lseek(file_.get(), 0, SEEK_END);
  const ssize_t written = write(file_.get(), line.data(), line.size());
  if (written == static_cast<ssize_t>(line.size())) return absl::OkStatus();
  const int error = written < 0 ? errno : ENOSPC;
  // Half a line would spoil the next one. Where this fails too, Reopen ends the line.
  if (written > 0 && ftruncate(file_.get(), before) != 0) file_ = FileDescriptor();
  return ErrnoToStatus(error, "write", path_);
}

absl::Status AuditLog::WriteLine(const std::string& line) {
  const bool was_broken = state_.broken();
  const uint64_t epoch = reopen_epoch_();
  state_.Begin();
  absl::Status status;
  if (epoch != epoch_ || was_broken || !file_.valid() || WasDeleted(file_)) status = Reopen();
  if (status.ok()) status = Append(line);
  if (status.ok()) epoch_ = epoch;
  state_.End(status.ok());
  if (!was_broken && !status.ok()) probe_.AuditBroken(status);
  if (was_broken && status.ok()) probe_.AuditMended();
  return status;
}

absl::Status AuditLog::Record(const AuditEntry& entry, absl::Time now) {
  const std::string line = Line(entry, now);
  const MutexLock lock(mutex_);
  const bool recorded = WriteLine(line).ok();
  probe_.DisclosureJudged(recorded);
  return recorded ? absl::OkStatus() : Refusal();
}

void AuditLog::Retry(absl::Time now) {
  const MutexLock lock(mutex_);
  if (!state_.broken()) return;
  // What is still broken was told when it broke.
  WriteLine(Line({{"time", Text(now)}, {"event", "audit log can be written again"}})).IgnoreError();
}

}  // namespace provnet
