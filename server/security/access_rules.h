#ifndef PROVNET_SERVER_SECURITY_ACCESS_RULES_H_
#define PROVNET_SERVER_SECURITY_ACCESS_RULES_H_

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "provnet/v1/access_policy.pb.h"
#include "server/security/credentials.h"
#include "server/security/protected_rpc.h"

namespace provnet {

// A membership budget in our types.
struct QueryBudget {
  uint64_t queries = 0;
  absl::Duration window;
};

// What one call on one model may do.
struct Permission {
  v1::Disclosure disclosure = v1::DISCLOSURE_INDICES;
  // Absent: no bound.
  std::optional<QueryBudget> membership_budget;
};

// A caller that is known. Constant.
struct Principal {
  std::string name;
  // The names of its roles, for messages: "\"reader\", \"auditor\"".
  std::string role_names;
  // Positions in AccessRules' roles.
  std::vector<size_t> roles;
};

// A policy and its tokens, checked and compiled. Immutable, so thread-safe.
//
// A decision costs no allocation unless it is a refusal: one pass over the digests of all tokens
// (which takes the same time whichever matches), then a hash look-up for each role.
class AccessRules {
 public:
  // More tokens would make each call slower than it should be.
  static constexpr size_t kMaxTokens = 4096;

  // INVALID_ARGUMENT names the role, principal, call or token entry, what it has and what was
  // expected.
  static absl::StatusOr<std::shared_ptr<const AccessRules>> Create(const v1::AccessPolicy& policy,
                                                                   const v1::TokenFile& tokens);

  // Who this is; lives as long as the rules. A token is looked at first, and one that is not known
  // is refused even beside a good certificate. UNAUTHENTICATED says what to send.
  absl::StatusOr<const Principal*> Identify(const Credentials& credentials, ProtectedRpc rpc,
                                            absl::Time now) const;

  // What `principal` may do. With several roles: the most that any role which grants the call on
  // the model discloses, and the largest of their budgets (none where one of them has none).
  // PERMISSION_DENIED names call, model and roles.
  absl::StatusOr<Permission> Authorize(const Principal& principal, ProtectedRpc rpc,
                                       absl::string_view model) const;

  // PERMISSION_DENIED unless the call is granted on one model at least: for calls that must be
  // judged before their model is known.
  absl::Status AuthorizeSome(const Principal& principal, ProtectedRpc rpc) const;

 private:
  struct Models {
    bool all = false;
    absl::flat_hash_set<std::string> names;

    bool Contain(absl::string_view model) const { return all || names.contains(model); }
  };

  struct Role {
    std::array<Models, kProtectedRpcCount> models;
    Permission permission;
  };

  struct TokenEntry {
    Sha256Digest digest;
    size_t principal;
    absl::Time expires;
  };

  AccessRules() = default;

  absl::Status AddRole(const v1::Role& role);
  absl::Status AddGrant(const v1::Grant& grant, const std::string& role_name, Role& role);
  absl::Status AddCertificate(const v1::CertificatePrincipal& certificate);
  absl::Status AddToken(const v1::Token& token);
  template <typename Names>
  absl::StatusOr<size_t> AddPrincipal(const std::string& name, const Names& roles);
  const TokenEntry* FindToken(const Sha256Digest& digest) const;
  const Principal* FindCertificate(const Credentials& credentials) const;

  std::vector<Role> roles_;
  absl::flat_hash_map<std::string, size_t> role_by_name_;
  std::vector<std::unique_ptr<const Principal>> principals_;
  std::vector<TokenEntry> tokens_;
  absl::flat_hash_map<std::string, size_t> by_subject_;
  absl::flat_hash_map<std::string, size_t> by_alternative_name_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_SECURITY_ACCESS_RULES_H_
