#include "server/security/access_rules.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "storage/base/status_prefix.h"

namespace provnet {
namespace {

constexpr char kAll[] = "*";

absl::StatusOr<Sha256Digest> ParseDigest(absl::string_view hex) {
  if (const auto digest = FromHex({hex.data(), hex.size()}); digest.has_value()) return *digest;
  // Not shown: it may be a token that was meant to be hashed.
  return absl::InvalidArgumentError(
      absl::StrCat("its sha256 has ", hex.size(),
                   " characters, expected 64 lower-case hexadecimal digits "
                   "(printf %s \"$TOKEN\" | sha256sum)"));
}

constexpr absl::Duration kLongestWindow = absl::Hours(10 * 366 * 24);

absl::StatusOr<QueryBudget> ParseBudget(const v1::MembershipBudget& budget) {
  QueryBudget parsed{budget.queries(), absl::Hours(24)};
  if (budget.has_window()) {
    parsed.window =
        absl::Seconds(budget.window().seconds()) + absl::Nanoseconds(budget.window().nanos());
  }
  // A window's end is written down as a date, of which there are some up to the year 9999.
  if (parsed.queries < 1 || parsed.window < absl::Seconds(1) || parsed.window > kLongestWindow) {
    return absl::InvalidArgumentError(
        absl::StrCat("membership_budget has ", parsed.queries, " queries in ",
                     absl::FormatDuration(parsed.window), ", expected at least 1 in 1s to ",
                     absl::FormatDuration(kLongestWindow)));
  }
  return parsed;
}

absl::Time ExpiryOf(const v1::Token& token) {
  if (!token.has_expires()) return absl::InfiniteFuture();
  return absl::FromUnixSeconds(token.expires().seconds()) +
         absl::Nanoseconds(token.expires().nanos());
}

void Widen(const Permission& other, Permission& permission) {
  permission.disclosure = std::max(permission.disclosure, other.disclosure);
  std::optional<QueryBudget>& mine = permission.membership_budget;
  const std::optional<QueryBudget>& theirs = other.membership_budget;
  if (!theirs.has_value()) {
    mine.reset();
  } else if (mine.has_value() && mine->queries < theirs->queries) {
    mine = theirs;
  }
}

}  // namespace

absl::StatusOr<std::shared_ptr<const AccessRules>> AccessRules::Create(
    const v1::AccessPolicy& policy, const v1::TokenFile& tokens) {
  std::shared_ptr<AccessRules> rules(new AccessRules);
  for (const v1::Role& role : policy.roles()) PROVNET_RETURN_IF_ERROR(rules->AddRole(role));
  for (const v1::CertificatePrincipal& certificate : policy.certificates())
    PROVNET_RETURN_IF_ERROR(rules->AddCertificate(certificate));
  if (static_cast<size_t>(tokens.tokens_size()) > kMaxTokens) {
    return absl::InvalidArgumentError(
        absl::StrCat("there are ", tokens.tokens_size(), " tokens, expected at most ", kMaxTokens));
  }
  for (int i = 0; i < tokens.tokens_size(); ++i) {
    if (const absl::Status added = rules->AddToken(tokens.tokens(i)); !added.ok())
      return WithPrefix(absl::StrCat("tokens[", i, "] \"", tokens.tokens(i).name(), "\""), added);
  }
  return rules;
}

absl::Status AccessRules::AddRole(const v1::Role& role) {
  if (role.name().empty()) return absl::InvalidArgumentError("a role has no name");
  if (!role_by_name_.emplace(role.name(), roles_.size()).second)
    return absl::InvalidArgumentError(absl::StrCat("role \"", role.name(), "\" is there twice"));
  Role compiled;
  if (role.disclosure() != v1::DISCLOSURE_UNSPECIFIED)
    compiled.permission.disclosure = role.disclosure();
  if (role.has_membership_budget()) {
    const auto budget = ParseBudget(role.membership_budget());
    if (!budget.ok())
      return WithPrefix(absl::StrCat("role \"", role.name(), "\""), budget.status());
    compiled.permission.membership_budget = *budget;
  }
  for (const v1::Grant& grant : role.grants())
    PROVNET_RETURN_IF_ERROR(AddGrant(grant, role.name(), compiled));
  roles_.push_back(std::move(compiled));
  return absl::OkStatus();
}

absl::Status AccessRules::AddGrant(const v1::Grant& grant, const std::string& role_name,
                                   Role& role) {
  if (grant.rpcs().empty() || grant.models().empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "role \"", role_name, "\": a grant has ", grant.rpcs_size(), " rpcs and ",
        grant.models_size(), " models, expected at least one of each (\"*\" for all)"));
  }
  for (const std::string& name : grant.rpcs()) {
    const std::optional<ProtectedRpc> rpc = FindProtectedRpc(name);
    if (!rpc.has_value() && name != kAll) {
      return absl::InvalidArgumentError(absl::StrCat(
          "role \"", role_name, "\": no call is named \"", name,
          "\"; expected Explain, ExplainStream, GetExemplars, CheckMembership, ListModels, "
          "GetModel or *"));
    }
    for (size_t i = 0; i < kProtectedRpcCount; ++i) {
      if (rpc.has_value() && static_cast<size_t>(*rpc) != i) continue;
      for (const std::string& model : grant.models()) {
        if (model == kAll) role.models[i].all = true;
        role.models[i].names.insert(model);
      }
    }
  }
  return absl::OkStatus();
}

template <typename Names>
absl::StatusOr<size_t> AccessRules::AddPrincipal(const std::string& name, const Names& roles) {
  if (name.empty()) return absl::InvalidArgumentError("it has no name");
  if (roles.empty()) return absl::InvalidArgumentError("it has no roles, expected one at least");
  auto principal = std::make_unique<Principal>();
  principal->name = name;
  for (const std::string& role : roles) {
    const auto found = role_by_name_.find(role);
    if (found == role_by_name_.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("its role \"", role, "\" is not among the policy's roles"));
    }
    principal->roles.push_back(found->second);
    absl::StrAppend(&principal->role_names, principal->role_names.empty() ? "" : ", ", "\"", role,
                    "\"");
  }
  principals_.push_back(std::move(principal));
  return principals_.size() - 1;
}

absl::Status AccessRules::AddCertificate(const v1::CertificatePrincipal& certificate) {
  const std::string what = absl::StrCat("certificate principal \"", certificate.name(), "\"");
  const auto principal = AddPrincipal(certificate.name(), certificate.roles());
  if (!principal.ok()) return WithPrefix(what, principal.status());
  const bool by_subject = certificate.has_subject();
  const std::string& key =
      by_subject ? certificate.subject() : certificate.subject_alternative_name();
  if (key.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(what, ": expected a subject or a subject_alternative_name"));
  }
  auto& index = by_subject ? by_subject_ : by_alternative_name_;
  if (!index.emplace(key, *principal).second)
    return absl::InvalidArgumentError(absl::StrCat(what, ": \"", key, "\" is there twice"));
  return absl::OkStatus();
}

absl::Status AccessRules::AddToken(const v1::Token& token) {
  PROVNET_ASSIGN_OR_RETURN(const Sha256Digest digest, ParseDigest(token.sha256()));
  if (FindToken(digest) != nullptr)
    return absl::InvalidArgumentError("its sha256 is there twice, expected one entry a token");
  PROVNET_ASSIGN_OR_RETURN(const size_t principal, AddPrincipal(token.name(), token.roles()));
  tokens_.push_back({digest, principal, ExpiryOf(token)});
  return absl::OkStatus();
}

const AccessRules::TokenEntry* AccessRules::FindToken(const Sha256Digest& digest) const {
  // Neither the comparison nor the loop ends early, so that the time says nothing about the tokens.
  const TokenEntry* found = nullptr;
  for (const TokenEntry& token : tokens_) {
    if (CRYPTO_memcmp(token.digest.data(), digest.data(), digest.size()) == 0) found = &token;
  }
  return found;
}

const Principal* AccessRules::FindCertificate(const Credentials& credentials) const {
  for (const std::string& name : credentials.alternative_names) {
    if (const auto found = by_alternative_name_.find(name); found != by_alternative_name_.end())
      return principals_[found->second].get();
  }
  const auto found = by_subject_.find(credentials.subject);
  return found == by_subject_.end() ? nullptr : principals_[found->second].get();
}

absl::StatusOr<const Principal*> AccessRules::Identify(const Credentials& credentials,
                                                       ProtectedRpc rpc, absl::Time now) const {
  if (credentials.has_authorization) {
    const TokenEntry* token =
        credentials.token.has_value() ? FindToken(*credentials.token) : nullptr;
    if (token != nullptr && now < token->expires) return principals_[token->principal].get();
    // Expired or unknown: whoever holds no valid token learns nothing about those that exist.
    return absl::UnauthenticatedError(absl::StrCat(
        ProtectedRpcName(rpc),
        ": the authorization header holds no token that is valid here; "
        "expected \"Bearer TOKEN\" with a token that the server's operator issued and that has "
        "not expired"));
  }
  if (const Principal* principal = FindCertificate(credentials)) return principal;
  return absl::UnauthenticatedError(absl::StrCat(
      ProtectedRpcName(rpc),
      " needs a caller that is known: send \"authorization: Bearer TOKEN\" "
      "(provnet --token-file=FILE) or connect with a client certificate that the policy names; ",
      credentials.subject.empty() ? "neither was sent"
                                  : "the certificate sent is not named there"));
}

absl::StatusOr<Permission> AccessRules::Authorize(const Principal& principal, ProtectedRpc rpc,
                                                  absl::string_view model) const {
  std::optional<Permission> permission;
  for (const size_t i : principal.roles) {
    const Role& role = roles_[i];
    if (!role.models[static_cast<size_t>(rpc)].Contain(model)) continue;
    if (!permission.has_value()) {
      permission = role.permission;
    } else {
      Widen(role.permission, *permission);
    }
  }
  if (permission.has_value()) return *permission;
  return absl::PermissionDeniedError(absl::StrCat(
      ProtectedRpcName(rpc), " on model \"", model, "\" is not granted to principal \"",
      principal.name, "\" (roles ", principal.role_names,
      "); ask the server's operator to add it to one of these roles in the access policy"));
}

absl::Status AccessRules::AuthorizeSome(const Principal& principal, ProtectedRpc rpc) const {
  for (const size_t i : principal.roles) {
    const Models& models = roles_[i].models[static_cast<size_t>(rpc)];
    if (models.all || !models.names.empty()) return absl::OkStatus();
  }
  return absl::PermissionDeniedError(absl::StrCat(
      ProtectedRpcName(rpc), " is not granted on any model to principal \"", principal.name,
      "\" (roles ", principal.role_names,
      "); ask the server's operator to add it to one of these roles in the access policy"));
}

}  // namespace provnet
