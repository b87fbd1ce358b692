#include "client/client.h"

#include <grpcpp/client_context.h>

#include <limits>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "client/bulk_explain.h"
#include "client/channel.h"
#include "client/retry_loop.h"
#include "client/rpc_failure.h"
#include "client/target.h"
#include "client/throttles.h"
#include "provnet/v1/provenance_service.grpc.pb.h"
#include "storage/base/status_macros.h"
#include "storage/base/status_prefix.h"
#include "storage/tls/pem_check.h"

namespace provnet {
namespace {

using Stub = v1::ProvenanceService::Stub;
template <typename Request, typename Response>
using Method = grpc::Status (Stub::*)(grpc::ClientContext*, const Request&, Response*);

absl::Status ValidateTls(const ClientTls& tls) {
  if (tls.ca.empty()) {
    return absl::InvalidArgumentError(
        "tls.ca is empty; expected the PEM of the authorities that vouch for the server");
  }
  if (tls.certificate.empty() != tls.key.empty()) {
    return absl::InvalidArgumentError(
        "of tls.certificate and tls.key one is empty; expected both or neither");
  }
  PROVNET_RETURN_IF_ERROR(CheckAuthorities(tls.ca, "tls.ca").status());
  if (tls.certificate.empty()) return absl::OkStatus();
  const auto expiry = CheckCertificateAndKey(tls.certificate, tls.key, absl::Now());
  return expiry.ok() ? absl::OkStatus()
                     : WithPrefix("tls.certificate with tls.key", expiry.status());
}

absl::Status Validate(const ClientOptions& options) {
  if (options.timeout <= absl::ZeroDuration() || options.bulk_timeout <= absl::ZeroDuration()) {
    return absl::InvalidArgumentError(
        absl::StrCat("timeout is ", absl::FormatDuration(options.timeout), " and bulk_timeout ",
                     absl::FormatDuration(options.bulk_timeout), "; expected both above zero"));
  }
  // More than a day is as good as never.
  for (const absl::Duration wait : {options.keepalive.time, options.keepalive.timeout}) {
    if (wait >= absl::Milliseconds(1) && wait <= absl::Hours(24)) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("keepalive has ", absl::FormatDuration(wait), "; expected 1ms .. 24h"));
  }
  if (options.max_message_bytes == 0 ||
      options.max_message_bytes > std::numeric_limits<int>::max()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "max_message_bytes is ", options.max_message_bytes, "; expected 1 .. 2147483647"));
  }
  if (options.max_in_flight == 0) {
    return absl::InvalidArgumentError("max_in_flight is 0; expected at least 1");
  }
  if (!options.token.empty() && !options.tls.has_value() && !options.allow_plaintext_token) {
    return absl::InvalidArgumentError(
        "there is a token and no TLS, so anyone between here and the server could take it; set tls "
        "(--tls-ca=FILE), or allow_plaintext_token (--allow-plaintext-token) where nobody can");
  }
  if (options.tls.has_value()) PROVNET_RETURN_IF_ERROR(ValidateTls(*options.tls));
  return Validate(options.retry);
}

}  // namespace

struct Client::Core {
  // Constant after construction.
  ClientOptions options;
  std::unique_ptr<Stub> stub;
  mutable Throttles throttles;

  template <typename Request, typename Response>
  absl::StatusOr<Response> Call(absl::string_view name, Method<Request, Response> method,
                                const Request& request,
                                std::optional<absl::Duration> timeout) const {
    return Repeat<Response>(name, timeout, [&](absl::Duration time_left, Response& response) {
      return Attempt(method, request, time_left, response);
    });
  }

  // The same for a call that runs a model, which may be overloaded.
  template <typename Request, typename Response>
  absl::StatusOr<Response> CallModel(absl::string_view name, Method<Request, Response> method,
                                     const Request& request,
                                     std::optional<absl::Duration> timeout) const {
    if (!options.throttle) return Call(name, method, request, timeout);
    const std::string key = absl::StrCat(name, " ", request.model().name());
    const ClientEnvironment& environment = options.environment;
    return Repeat<Response>(name, timeout, [&](absl::Duration time_left, Response& response) {
      std::optional<RpcFailure> held_back =
          throttles.HoldBack(key, environment.clock->Monotonic(), environment.random());
      if (held_back.has_value()) return *std::move(held_back);
      RpcFailure outcome = Attempt(method, request, time_left, response);
      throttles.Observe(key, environment.clock->Monotonic(), outcome);
      return outcome;
    });
  }

 private:
  template <typename Request, typename Response>
  RpcFailure Attempt(Method<Request, Response> method, const Request& request,
                     absl::Duration time_left, Response& response) const {
    grpc::ClientContext context;
    PrepareCall(context, options, time_left);
    return ToRpcFailure((stub.get()->*method)(&context, request, &response));
  }

  // Attempts until one succeeds or the next is not worth it.
  template <typename Response, typename TryOnce>
  absl::StatusOr<Response> Repeat(absl::string_view name, std::optional<absl::Duration> timeout,
                                  const TryOnce& attempt) const {
    RetryLoop loop(options, timeout.value_or(options.timeout));
    while (true) {
      Response response;
      const RpcFailure failure = attempt(loop.TimeLeft(), response);
      if (failure.status.ok()) return response;
      if (!loop.WaitToRetry(failure)) return loop.Describe(failure.status, name);
    }
  }
};

absl::StatusOr<Client> Client::Create(ClientOptions options) {
  PROVNET_RETURN_IF_ERROR(Validate(options));
  absl::StatusOr<std::string> target = CompleteTarget(options.target);
  if (!target.ok())
    return WithPrefix(absl::StrCat("the target \"", options.target, "\""), target.status());
  options.target = *std::move(target);
  auto core = std::make_unique<Core>();
  core->options = std::move(options);
  core->stub = v1::ProvenanceService::NewStub(MakeChannel(core->options));
  return Client(std::move(core));
}

Client::Client(std::unique_ptr<const Core> core) : core_(std::move(core)) {}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

absl::StatusOr<v1::ExplainResponse> Client::Explain(const v1::ExplainRequest& request,
                                                    std::optional<absl::Duration> timeout) const {
  return core_->CallModel("Explain", &Stub::Explain, request, timeout);
}

std::vector<absl::StatusOr<v1::ExplainResponse>> Client::ExplainAll(
    absl::Span<const v1::ExplainRequest> requests, std::optional<absl::Duration> timeout) const {
  BulkExplain bulk(core_->options, *core_->stub, requests,
                   timeout.value_or(core_->options.bulk_timeout));
  bulk.set_explain_alone([this](const v1::ExplainRequest& request, absl::Duration left) {
    return Explain(request, left);
  });
  return bulk.Run();
}

absl::StatusOr<v1::GetExemplarsResponse> Client::GetExemplars(
    const v1::GetExemplarsRequest& request, std::optional<absl::Duration> timeout) const {
  return core_->Call("GetExemplars", &Stub::GetExemplars, request, timeout);
}

absl::StatusOr<v1::CheckMembershipResponse> Client::CheckMembership(
    const v1::CheckMembershipRequest& request, std::optional<absl::Duration> timeout) const {
  return core_->CallModel("CheckMembership", &Stub::CheckMembership, request, timeout);
}

absl::StatusOr<v1::ListModelsResponse> Client::ListModels(
    std::optional<absl::Duration> timeout) const {
  return core_->Call("ListModels", &Stub::ListModels, v1::ListModelsRequest(), timeout);
}

absl::StatusOr<v1::GetModelResponse> Client::GetModel(const v1::GetModelRequest& request,
                                                      std::optional<absl::Duration> timeout) const {
  return core_->Call("GetModel", &Stub::GetModel, request, timeout);
}

}  // namespace provnet
