#include "server/security/access_control.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/security/access_files.h"
#include "storage/base/status_macros.h"
#include "storage/base/status_prefix.h"

namespace provnet {
namespace {

// What would not be enforced must not look as if it were.
absl::Status CheckNoBudget(const v1::AccessPolicy& policy) {
  for (const v1::Role& role : policy.roles()) {
    if (role.has_membership_budget()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "role \"", role.name(),
          "\" has a membership_budget, and there is no place to keep what is used of it; give "
          "--state-dir=DIR"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<AccessControl>> AccessControl::Open(const Options& options,
                                                                   SecurityProbe& probe) {
  std::unique_ptr<AccessControl> control(new AccessControl(options));
  WatchedFiles::Options files{"access rules", {options.policy}, options.reload_interval};
  if (!options.tokens.empty()) files.files.push_back(options.tokens);
  PROVNET_ASSIGN_OR_RETURN(
      control->files_,
      WatchedFiles::Open(
          std::move(files),
          [raw = control.get()](const auto& contents) { return raw->Load(contents); }, probe));
  return control;
}

absl::Status AccessControl::Load(const std::vector<std::string>& contents) {
  const auto policy = ParseAccessPolicy(contents[0]);
  if (!policy.ok()) return WithPrefix(options_.policy.string(), policy.status());
  if (const absl::Status budgets = CheckNoBudget(*policy);
      !options_.enforces_budgets && !budgets.ok())
    return WithPrefix(options_.policy.string(), budgets);
  v1::TokenFile tokens;
  if (contents.size() > 1) {
    auto parsed = ParseTokenFile(contents[1]);
    if (!parsed.ok()) return WithPrefix(options_.tokens.string(), parsed.status());
    tokens = *std::move(parsed);
  }
  auto rules = AccessRules::Create(*policy, tokens);
  if (!rules.ok()) {
    const std::string both = contents.size() > 1 ? absl::StrCat(options_.policy.string(), " with ",
                                                                options_.tokens.string())
                                                 : options_.policy.string();
    return WithPrefix(both, rules.status());
  }
  const MutexLock lock(mutex_);
  rules_ = *std::move(rules);
  return absl::OkStatus();
}

}  // namespace provnet
