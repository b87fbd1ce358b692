#ifndef PROVNET_SERVER_SERVICE_CALLER_H_
#define PROVNET_SERVER_SERVICE_CALLER_H_

#include <grpcpp/server_context.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "provnet/v1/provenance_service.pb.h"
#include "server/security/access_control.h"
#include "server/security/audit_log.h"
#include "server/security/membership_budgets.h"
#include "server/service/rpc.h"
#include "storage/base/status_macros.h"

namespace provnet {

// What stands between callers and models. All outlive the calls; without `access` everybody may do
// everything, as nobody was told otherwise.
struct Guards {
  const AccessControl* access = nullptr;
  // Where disclosures are recorded; null: nowhere.
  AuditLog* audit = nullptr;
  // What principals have used of the policy's budgets; there where the policy has any.
  MembershipBudgets* budgets = nullptr;
};

// What a call may do on the model that it has chosen.
struct Permit {
  // The most that its answer may show of a training sample.
  v1::Disclosure disclosure = v1::DISCLOSURE_CONTENT;
  // Where, and as whose, that is recorded before it is answered.
  struct Record {
    AuditLog* log;
    // The entry as far as it is about the caller.
    AuditEntry caller;
  };
  std::optional<Record> record = std::nullopt;
  // What this question about membership counts against before it is answered.
  struct Budget {
    MembershipBudgets* budgets;
    std::string principal;
    std::string model;
    QueryBudget limit;
  };
  std::optional<Budget> budget = std::nullopt;
};

// Who makes a call, and the one place where it is decided what that call may do. Every call has
// one, from its start. Not thread-safe: a stream's requests come to it one after the other.
//
// Rules that change while a call lasts are in force for its next request.
class Caller {
 public:
  // Reads the call's metadata and its connection's certificate; `request_id` is what the call is
  // known by. `guards` outlives this.
  Caller(Rpc rpc, const std::string& request_id, const grpc::CallbackServerContext& context,
         const Guards& guards);

  // OK, or UNAUTHENTICATED: the call ends with this.
  const absl::Status& status() const { return status_; }

  // A model and what may be done with it.
  template <typename Handle>
  struct Selected {
    Handle model;
    Permit permit;
  };

  // The model that `find` returns for `selector`, a StatusOr of a pointer to something with a
  // Servable `handle`, if this call is granted on it. PERMISSION_DENIED comes before NOT_FOUND, and
  // no error names a model that the caller did not name: what is not granted is not shown to exist.
  template <typename Find>
  auto Select(const v1::ModelSelector& selector, Find find)
      -> absl::StatusOr<Selected<typename decltype(find())::value_type>> {
    PROVNET_RETURN_IF_ERROR(Identify());
    PROVNET_RETURN_IF_ERROR(BeforeSearch(selector.name()));
    auto found = find();
    if (!found.ok()) return SearchFailure(selector, found.status());
    absl::StatusOr<Permit> permit = PermitOn((*found)->handle->manifest().model());
    if (!permit.ok()) {
      return selector.name().empty() ? SearchFailure(selector, permit.status()) : permit.status();
    }
    return Selected<typename decltype(find())::value_type>{*std::move(found), *std::move(permit)};
  }

  // OK when the call is granted on some model: for calls about all models.
  absl::Status AuthorizeSome();
  // Whether it is granted on this one, by the rules of the last Select or AuthorizeSome.
  bool MaySee(absl::string_view model) const { return PermitOn(model).ok(); }

 private:
  // Who this is under the rules that are in force now. Null principal: no rules.
  absl::Status Identify();
  // By the rules under which the caller was identified last.
  absl::Status PermitOnSome() const;
  absl::StatusOr<Permit> PermitOn(absl::string_view model) const;
  void AddRecord(Permit& permit) const;
  absl::Status BeforeSearch(absl::string_view model) const;
  absl::Status SearchFailure(const v1::ModelSelector& selector, const absl::Status& status) const;

  const ProtectedRpc rpc_;
  const Guards& guards_;
  Credentials credentials_;
  // For the audit log; empty without one.
  std::string request_id_;
  std::string peer_;
  std::shared_ptr<const AccessRules> rules_;
  // Of rules_.
  const Principal* principal_ = nullptr;
  const absl::Status status_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_CALLER_H_
