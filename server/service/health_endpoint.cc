#include "server/service/health_endpoint.h"

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <chrono>

#include "absl/strings/str_cat.h"
#include "server/service/connection_ages.h"
#include "server/service/connection_limits.h"
#include "server/service/without_reflection.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

constexpr char kServiceName[] = "provnet.v1.ProvenanceService";
// The name of a service, and that one a few times over for what clients add.
constexpr int kMaxMessageBytes = 4 << 10;
// Probes are few and small.
constexpr ConnectionLimits kLimits{.max_connections = 256,
                                   .max_streams = 16,
                                   .max_metadata_bytes = 8 << 10,
                                   .handshake_timeout = absl::Seconds(5),
                                   .buffer_bytes = 16 << 20};

}  // namespace

void SetHealth(grpc::Server& server, Capability capability, bool ready) {
  grpc::HealthCheckServiceInterface& health = *server.GetHealthCheckService();
  health.SetServingStatus(absl::StrCat(kServiceName, "/", CapabilityName(capability)), ready);
  if (capability != Capability::kClassification) return;
  health.SetServingStatus("", ready);
  health.SetServingStatus(kServiceName, ready);
}

absl::StatusOr<std::unique_ptr<HealthEndpoint>> HealthEndpoint::Start(
    const ListenAddress& address) {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  SetConnectionLimits(kLimits, builder);
  SetConnectionAges({}, builder);
  builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.SetOption(std::make_unique<WithoutReflection>());
  std::unique_ptr<HealthEndpoint> endpoint(new HealthEndpoint);
  // Answers UNIMPLEMENTED; a server without any service of ours would not start.
  builder.RegisterCallbackGenericService(endpoint->nothing_else_.get());
  PROVNET_ASSIGN_OR_RETURN(endpoint->door_,
                           GrpcDoor::Open(address, kLimits.max_connections, nullptr, builder));
  endpoint->server_ = builder.BuildAndStart();
  if (endpoint->server_ == nullptr)
    return absl::InternalError("gRPC did not start; its warnings in the log say why");
  for (const Capability capability : kCapabilities) endpoint->Set(capability, false);
  // Nobody is let in before the truth can be told.
  endpoint->door_->LetIn([] {});
  return endpoint;
}

HealthEndpoint::HealthEndpoint()
    : nothing_else_(std::make_unique<grpc::CallbackGenericService>()) {}

HealthEndpoint::~HealthEndpoint() {
  if (door_ != nullptr) door_->StopListening();
  if (server_ != nullptr) server_->Shutdown(std::chrono::system_clock::now());
}

}  // namespace provnet
