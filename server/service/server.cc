#include "server/service/server.h"

#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/service/capability_conditions.h"
#include "server/service/tls_server_credentials.h"
#include "server/service/without_reflection.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

// How long a drained server waits for clients to close their connections.
constexpr absl::Duration kMaxLinger = absl::Seconds(1);
// Between two lines of the log about refused connections.
constexpr absl::Duration kRefusalLogPause = absl::Seconds(10);
// Room for scores, names and framing beside the contents.
constexpr int kResponseSlackBytes = 64 << 20;

void SetGrpcLimits(grpc::ServerBuilder& builder, const ServerOptions& options) {
  builder.SetMaxReceiveMessageSize(options.max_request_bytes);
  builder.SetMaxSendMessageSize(static_cast<int>(options.limits.max_content_bytes) +
                                kResponseSlackBytes);
  SetConnectionLimits(options.connections, builder);
  SetConnectionAges(options.ages, builder);
  // Detect dead peers, and end connections of peers that ping more often than every two seconds:
  // callers that want to leave a dead server within seconds ping it as often.
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 60'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 2'000);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, 3);
  // A second server on the same port is an error, not a partner.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
}

// Null: plaintext.
std::shared_ptr<grpc::ServerCredentials> CredentialsOf(const ServerOptions& options) {
  return options.tls == nullptr ? nullptr : MakeTlsServerCredentials(*options.tls);
}

void WarnIfOpen(const ServerOptions& options, const StructuredLog& log) {
  if (IsLoopback(options.grpc)) return;
  if (options.guards.access == nullptr) {
    log.Write(LogLevel::kWarning, "anyone who can connect may ask for everything",
              {{"grpc_host", options.grpc.host},
               {"what_to_do", "give --access-policy=FILE, or --listen on a loopback address"}});
  } else if (options.tls == nullptr) {
    log.Write(LogLevel::kWarning, "tokens and samples travel in plaintext",
              {{"grpc_host", options.grpc.host},
               {"what_to_do", "give --tls-cert=FILE and --tls-key=FILE"}});
  }
}

}  // namespace

Server::Server(const ServerOptions& options, const ServerProbes& probes, const StructuredLog& log,
               const Clock& clock)
    : options_(options),
      probes_(probes),
      log_(log),
      clock_(clock),
      in_flight_(options.in_flight),
      request_log_(log, clock) {
  AddConditions();
}

void Server::AddConditions() {
  const auto add = [this](Capability capability, Readiness::Condition condition) {
    readiness_.AddCondition(capability, std::move(condition));
  };
  if (AuditLog* const audit = options_.guards.audit; audit != nullptr) {
    // Explanations are disclosures as well.
    for (const Capability disclosing : kCapabilities)
      add(disclosing, [audit] { return audit->Check(); });
  }
  if (MembershipBudgets* const budgets = options_.guards.budgets; budgets != nullptr)
    add(Capability::kMembership, [budgets] { return budgets->Check(); });
  // Asked while serving, when there are models.
  add(Capability::kExemplars, [this] { return CheckStoresSound(*models_); });
  add(Capability::kMembership, [this] { return CheckSomeReference(*models_); });
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerOptions& options,
                                                      const ServerProbes& probes,
                                                      const StructuredLog& log,
                                                      const Clock& clock) {
  auto server = std::unique_ptr<Server>(new Server(options, probes, log, clock));
  PROVNET_ASSIGN_OR_RETURN(server->reader_, ExemplarReader::Create({}, clock));
  PROVNET_ASSIGN_OR_RETURN(
      server->http_, HttpEndpoint::Start(options.http, server->readiness_, probes.metrics_text));
  if (options.health.has_value()) {
    PROVNET_ASSIGN_OR_RETURN(server->health_, HealthEndpoint::Start(*options.health));
  }
  PROVNET_RETURN_IF_ERROR(server->StartGrpc());
  WarnIfOpen(options, log);
  log.Write(LogLevel::kInfo, "listening",
            {{"grpc_host", options.grpc.host},
             {"grpc_port", server->grpc_port()},
             {"http_host", options.http.host},
             {"http_port", server->http_port()},
             {"health_port", server->health_port()}});
  return server;
}

absl::Status Server::StartGrpc() {
  const CallEnvironment environment{
      readiness_, in_flight_, Telemetry{clock_, probes_.requests, request_log_, options_.tracing},
      options_.guards};
  service_ = std::make_unique<ProvenanceService>(options_.limits, environment, *reader_);

  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  SetGrpcLimits(builder, options_);
  builder.RegisterService(service_.get());
  // Reflection answers in gRPC's own code, which knows no policy: under one it is not there.
  if (options_.guards.access != nullptr) builder.SetOption(std::make_unique<WithoutReflection>());
  PROVNET_ASSIGN_OR_RETURN(door_,
                           GrpcDoor::Open(options_.grpc, options_.connections.max_connections,
                                          CredentialsOf(options_), builder));
  grpc_ = builder.BuildAndStart();
  if (grpc_ == nullptr)
    return absl::InternalError("gRPC did not start; its warnings in the log say why");
  reporter_ = std::make_unique<ReadinessReporter>(
      readiness_, [this](Capability capability, bool ready) { ShowHealth(capability, ready); },
      probes_.readiness, log_);
  // Nobody is let in before the health service says the truth.
  door_->LetIn([this] { ReportRefused(); });
  return absl::OkStatus();
}

void Server::ShowHealth(Capability capability, bool ready) {
  SetHealth(*grpc_, capability, ready);
  if (health_ != nullptr) health_->Set(capability, ready);
}

void Server::ReportRefused() {
  const absl::Duration now = clock_.Monotonic();
  if (now - refusal_logged_ >= kRefusalLogPause) {
    refusal_logged_ = now;
    log_.Write(LogLevel::kWarning, "connections refused",
               {{"max_connections", options_.connections.max_connections}});
  }
  // Last: who sees it counted finds it in the log.
  probes_.connections.ConnectionRefused();
}

void Server::Serve(const ModelRegistry& models) {
  models_ = &models;
  service_->Serve(models);
  readiness_.Set(Readiness::State::kServing);
  reporter_->Report();
  log_.Write(LogLevel::kInfo, "ready", {{"grpc_port", grpc_port()}, {"http_port", http_port()}});
}

size_t Server::Drain(absl::Duration timeout, const std::function<void(size_t)>& on_timeout) {
  drained_ = true;
  const absl::Duration start = clock_.Monotonic();
  log_.Write(LogLevel::kInfo, "draining",
             {{"in_flight", in_flight()}, {"timeout_seconds", absl::ToDoubleSeconds(timeout)}});
  readiness_.Set(Readiness::State::kDraining);
  in_flight_.Close();
  reporter_->Report();
  service_->DrainStreams();
  door_->StopListening();
  const size_t cut = FinishCalls(timeout);
  if (cut > 0 && on_timeout) on_timeout(cut);
  // Well-behaved clients close at once.
  door_->EndConnections(cut > 0 ? absl::ZeroDuration()
                                : std::min(kMaxLinger, timeout - (clock_.Monotonic() - start)));
  // Whatever is still there was refused, or is cut.
  grpc_->Shutdown(std::chrono::system_clock::now());
  if (models_ != nullptr) models_->Drain();
  reader_->Drain();
  log_.Write(LogLevel::kInfo, "drained", {{"requests_cut", cut}});
  return cut;
}

size_t Server::FinishCalls(absl::Duration timeout) {
  const absl::Duration start = clock_.Monotonic();
  const size_t left = in_flight_.AwaitIdle(timeout, clock_);
  log_.Write(LogLevel::kInfo, left == 0 ? "calls finished" : "drain timeout",
             {{"in_flight", left}, {"seconds", absl::ToDoubleSeconds(clock_.Monotonic() - start)}});
  return left;
}

Server::~Server() {
  if (grpc_ != nullptr && !drained_) Drain(absl::ZeroDuration());
}

}  // namespace provnet
