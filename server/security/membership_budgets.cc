#include "server/security/membership_budgets.h"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "google/rpc/status.pb.h"
#include "proto/error_reason.h"
#include "server/batching/retry_after.h"
#include "storage/base/atomic_file.h"
#include "storage/base/status_macros.h"
#include "storage/base/status_prefix.h"
#include "storage/proto_json.h"

namespace provnet {
namespace {

constexpr char kFile[] = "membership_usage.json";
constexpr char kLockFile[] = "lock";
// Payloads under such names become details of the answer's status.
constexpr char kErrorInfoUrl[] = "type.googleapis.com/google.rpc.ErrorInfo";
constexpr uint64_t kMaxBlock = 64;
constexpr size_t kMaxFileBytes = size_t{64} << 20;

// Questions that are recorded at a time.
uint64_t BlockOf(const QueryBudget& budget) {
  return std::clamp<uint64_t>(budget.queries / 16, 1, kMaxBlock);
}

absl::StatusOr<FileDescriptor> LockFolder(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / kLockFile;
  FileDescriptor lock(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock.valid()) return ErrnoToStatus(errno, "open", path);
  if (flock(lock.get(), LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno != EWOULDBLOCK) return ErrnoToStatus(errno, "lock", path);
  return absl::FailedPreconditionError(absl::StrCat(
      folder.string(), " is in use by another server; expected a folder for this one alone"));
}

absl::Status Exhausted(const std::string& principal, const std::string& model,
                       const QueryBudget& budget, absl::Time window_end, absl::Time now) {
  absl::Status status = absl::ResourceExhaustedError(
      absl::StrCat("principal \"", principal, "\" has used up its budget of ", budget.queries,
                   " CheckMembership calls on model \"", model, "\" in ",
                   absl::FormatDuration(budget.window), "; the next window begins at ",
                   absl::FormatTime(absl::RFC3339_sec, window_end, absl::UTCTimeZone())));
  // Callers that hold back while a server is overloaded must not take this for load.
  google::rpc::ErrorInfo info;
  info.set_reason(kBudgetExhaustedReason);
  info.set_domain(kErrorDomain);
  status.SetPayload(kErrorInfoUrl, absl::Cord(info.SerializeAsString()));
  return WithRetryAfter(std::move(status), window_end - now);
}

}  // namespace

absl::StatusOr<std::unique_ptr<MembershipBudgets>> MembershipBudgets::Open(
    const std::filesystem::path& folder, const Clock& clock, SecurityProbe& probe) {
  PROVNET_ASSIGN_OR_RETURN(FileDescriptor lock, LockFolder(folder));
  std::unique_ptr<MembershipBudgets> budgets(
      new MembershipBudgets(folder / kFile, std::move(lock), clock, probe));
  PROVNET_RETURN_IF_ERROR(budgets->Load());
  // What can't be written must show now, not with the first question.
  const MutexLock mutex_lock(budgets->mutex_);
  PROVNET_RETURN_IF_ERROR(budgets->Write(absl::Now()));
  return budgets;
}

MembershipBudgets::~MembershipBudgets() {
  const MutexLock lock(mutex_);
  for (auto& [key, use] : uses_) use.recorded = use.used;
  // Without it the file says more than was asked, which is on the safe side.
  Write(absl::Now()).IgnoreError();
}

absl::Status MembershipBudgets::Load() {
  const auto json = ReadFile(path_, kMaxFileBytes);
  if (absl::IsNotFound(json.status())) return absl::OkStatus();
  PROVNET_RETURN_IF_ERROR(json.status());
  v1::MembershipUsage usage;
  if (const absl::Status parsed = ParseProtoJson(*json, UnknownFields::kRefuse, usage);
      !parsed.ok()) {
    return WithPrefix(
        absl::StrCat(path_.string(),
                     " is damaged; to begin anew, with all budgets unused, remove it"),
        parsed);
  }
  const MutexLock lock(mutex_);
  for (const v1::MembershipUse& use : usage.uses()) {
    uses_[{use.principal(), use.model()}] = {absl::FromUnixSeconds(use.window_end().seconds()),
                                             use.queries(), use.queries()};
  }
  return absl::OkStatus();
}

absl::Status MembershipBudgets::Write(absl::Time now) {
  state_.Begin();
  const absl::Status written = WriteWindows(now);
  state_.End(written.ok());
  return written;
}

absl::Status MembershipBudgets::WriteWindows(absl::Time now) {
  v1::MembershipUsage usage;
  for (auto it = uses_.begin(); it != uses_.end();) {
    const auto& [key, use] = *it;
    if (use.window_end <= now) {
      it = uses_.erase(it);
      continue;
    }
    v1::MembershipUse& written = *usage.add_uses();
    written.set_principal(key.first);
    written.set_model(key.second);
    written.set_queries(use.recorded);
    written.mutable_window_end()->set_seconds(absl::ToUnixSeconds(use.window_end));
    ++it;
  }
  PROVNET_ASSIGN_OR_RETURN(const std::string json, ToProtoJson(usage));
  return WriteFileAtomically(path_, json);
}

absl::Status MembershipBudgets::Charge(const std::string& principal, const std::string& model,
                                       const QueryBudget& budget, absl::Time now) {
  const MutexLock lock(mutex_);
  Use& use = uses_[{principal, model}];
  // Rounded up to the file's whole seconds.
  if (use.window_end <= now) {
    use = {absl::FromUnixSeconds(absl::ToUnixSeconds(now + budget.window) + 1)};
  }
  if (use.used >= budget.queries) {
    probe_.BudgetExhausted(principal);
    return Exhausted(principal, model, budget, use.window_end, now);
  }
  if (use.used == use.recorded) {
    const uint64_t before = use.recorded;
    use.recorded = std::min(use.used + BlockOf(budget), budget.queries);
    if (const absl::Status written = Write(now); !written.ok()) {
      use.recorded = before;
      probe_.BudgetNotRecorded(written);
      return absl::UnavailableError(
          "the server can't record that a part of the budget is used, so it does not answer; its "
          "log says why");
    }
  }
  ++use.used;
  return absl::OkStatus();
}

void MembershipBudgets::Retry(absl::Time now) {
  const MutexLock lock(mutex_);
  // What is still broken was told when it broke.
  if (state_.broken()) Write(now).IgnoreError();
}

void MembershipBudgets::Refund(const std::string& principal, const std::string& model) {
  const MutexLock lock(mutex_);
  const auto found = uses_.find({principal, model});
  if (found != uses_.end() && found->second.used > 0) --found->second.used;
}

}  // namespace provnet
