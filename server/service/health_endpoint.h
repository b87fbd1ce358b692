#ifndef PROVNET_SERVER_SERVICE_HEALTH_ENDPOINT_H_
#define PROVNET_SERVER_SERVICE_HEALTH_ENDPOINT_H_

#include <memory>

#include "absl/status/statusor.h"
#include "server/service/capability.h"
#include "server/service/grpc_door.h"
#include "server/service/listen_address.h"

namespace grpc {
class CallbackGenericService;
class Server;
}  // namespace grpc

namespace provnet {

// Sets what a gRPC server's own grpc.health.v1 says of a capability, whose name there is
// provnet.v1.ProvenanceService/exemplars and so on. Classification is the whole's and the service's
// as well.
void SetHealth(grpc::Server& server, Capability capability, bool ready);

// A gRPC server in plaintext that answers grpc.health.v1 and nothing else, for probes that have
// neither a certificate nor a token, as Kubernetes' have. Says NOT_SERVING at first. Thread-safe.
class HealthEndpoint {
 public:
  // UNAVAILABLE when the address can't be bound.
  static absl::StatusOr<std::unique_ptr<HealthEndpoint>> Start(const ListenAddress& address);

  // Ends the calls that are open.
  ~HealthEndpoint();
  HealthEndpoint(const HealthEndpoint&) = delete;
  HealthEndpoint& operator=(const HealthEndpoint&) = delete;

  int port() const { return door_->port(); }
  void Set(Capability capability, bool ready) { SetHealth(*server_, capability, ready); }

 private:
  HealthEndpoint();

  // Destroyed in reverse: the door closes first.
  const std::unique_ptr<grpc::CallbackGenericService> nothing_else_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<GrpcDoor> door_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_HEALTH_ENDPOINT_H_
