#include "server/service/caller.h"

#include <grpc/grpc_security_constants.h>
#include <grpcpp/security/auth_context.h>

#include <iterator>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace provnet {
namespace {

constexpr char kAuthorizationKey[] = "authorization";

ProtectedRpc ProtectedBy(Rpc rpc) {
  switch (rpc) {
    case Rpc::kExplain:
      return ProtectedRpc::kExplain;
    case Rpc::kExplainStream:
    case Rpc::kExplainStreamRequest:
      return ProtectedRpc::kExplainStream;
    case Rpc::kGetExemplars:
      return ProtectedRpc::kGetExemplars;
    case Rpc::kCheckMembership:
      return ProtectedRpc::kCheckMembership;
    case Rpc::kListModels:
      return ProtectedRpc::kListModels;
    case Rpc::kGetModel:
      return ProtectedRpc::kGetModel;
  }
  __builtin_unreachable();
}

std::vector<std::string> Properties(const grpc::AuthContext& peer, const char* name) {
  std::vector<std::string> values;
  for (const grpc::string_ref& value : peer.FindPropertyValues(name))
    values.emplace_back(value.data(), value.size());
  return values;
}

Credentials ReadCredentials(const grpc::CallbackServerContext& context) {
  Credentials credentials;
  const auto& metadata = context.client_metadata();
  const auto [header, end] = metadata.equal_range(kAuthorizationKey);
  if (header != end) SetAuthorization({header->second.data(), header->second.size()}, credentials);
  // Of two headers none counts, or a proxy could see another caller than we do.
  if (header != end && std::next(header) != end) credentials.token.reset();
  const std::shared_ptr<const grpc::AuthContext> peer = context.auth_context();
  // Only names that the handshake verified: without a client CA no certificate is asked for.
  if (peer == nullptr || !peer->IsPeerAuthenticated()) return credentials;
  credentials.alternative_names = Properties(*peer, GRPC_X509_SAN_PROPERTY_NAME);
  const std::vector<std::string> subjects = Properties(*peer, GRPC_X509_SUBJECT_PROPERTY_NAME);
  if (!subjects.empty()) credentials.subject = subjects.front();
  return credentials;
}

}  // namespace

Caller::Caller(Rpc rpc, const std::string& request_id, const grpc::CallbackServerContext& context,
               const Guards& guards)
    : rpc_(ProtectedBy(rpc)),
      guards_(guards),
      credentials_(guards.access == nullptr ? Credentials() : ReadCredentials(context)),
      request_id_(guards.audit == nullptr ? "" : request_id),
      peer_(guards.audit == nullptr ? "" : context.peer()),
      status_(Identify()) {}

absl::Status Caller::Identify() {
  if (guards_.access == nullptr) return absl::OkStatus();
  std::shared_ptr<const AccessRules> rules = guards_.access->rules();
  // Each time, not only under new rules, since tokens expire.
  auto principal = rules->Identify(credentials_, rpc_, absl::Now());
  if (!principal.ok()) return principal.status();
  rules_ = std::move(rules);
  principal_ = *principal;
  return absl::OkStatus();
}

absl::Status Caller::AuthorizeSome() {
  PROVNET_RETURN_IF_ERROR(Identify());
  return PermitOnSome();
}

absl::Status Caller::PermitOnSome() const {
  return rules_ == nullptr ? absl::OkStatus() : rules_->AuthorizeSome(*principal_, rpc_);
}

absl::Status Caller::BeforeSearch(absl::string_view model) const {
  return model.empty() ? PermitOnSome() : PermitOn(model).status();
}

absl::Status Caller::SearchFailure(const v1::ModelSelector& selector,
                                   const absl::Status& status) const {
  if (rules_ == nullptr) return status;
  if (selector.name().empty()) {
    return absl::InvalidArgumentError(
        "the model name is empty, and the server does not have exactly one model or its only one "
        "is "
        "not granted; name one that ListModels shows");
  }
  return absl::Status(status.code(), absl::StrCat("model \"", selector.name(),
                                                  "\" is not loaded in what was asked for; "
                                                  "ListModels shows what is"));
}

absl::StatusOr<Permit> Caller::PermitOn(absl::string_view model) const {
  Permit permit;
  if (rules_ != nullptr) {
    PROVNET_ASSIGN_OR_RETURN(const Permission permission,
                             rules_->Authorize(*principal_, rpc_, model));
    permit.disclosure = permission.disclosure;
    if (rpc_ == ProtectedRpc::kCheckMembership && permission.membership_budget.has_value()) {
      if (guards_.budgets == nullptr)
        return absl::InternalError("a membership budget that nobody enforces");
      permit.budget = Permit::Budget{guards_.budgets, principal_->name, std::string(model),
                                     *permission.membership_budget};
    }
  }
  if (guards_.audit != nullptr) AddRecord(permit);
  return permit;
}

void Caller::AddRecord(Permit& permit) const {
  AuditEntry entry;
  if (principal_ != nullptr) entry.principal = principal_->name;
  entry.peer = peer_;
  entry.request_id = request_id_;
  entry.rpc = std::string(ProtectedRpcName(rpc_));
  permit.record = Permit::Record{guards_.audit, std::move(entry)};
}

}  // namespace provnet
