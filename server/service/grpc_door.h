#ifndef PROVNET_SERVER_SERVICE_GRPC_DOOR_H_
#define PROVNET_SERVER_SERVICE_GRPC_DOOR_H_

#include <functional>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/service/connection_acceptor.h"
#include "server/service/listen_address.h"

namespace grpc {
class ServerBuilder;
class ServerCredentials;
namespace experimental {
class ExternalConnectionAcceptor;
}
}  // namespace grpc

namespace provnet {

// An address at which a gRPC server is reached: our acceptor, and gRPC's entrance for what it
// accepts. Not thread-safe.
class GrpcDoor {
 public:
  // Called on the acceptor's thread for each connection that is one too many.
  using OnRefused = std::function<void()>;

  // Listens, and gives the server that `builder` will build this door; null `credentials` are
  // plaintext. Connections wait until LetIn. UNAVAILABLE with the address and the reason.
  static absl::StatusOr<std::unique_ptr<GrpcDoor>> Open(
      const ListenAddress& address, size_t max_connections,
      std::shared_ptr<grpc::ServerCredentials> credentials, grpc::ServerBuilder& builder);

  // Stops listening.
  ~GrpcDoor();
  GrpcDoor(const GrpcDoor&) = delete;
  GrpcDoor& operator=(const GrpcDoor&) = delete;

  // Once the server runs: hands it every connection, up to the limit.
  void LetIn(OnRefused on_refused);

  int port() const { return acceptor_->port(); }

  // As ConnectionAcceptor.
  void StopListening() { acceptor_->StopListening(); }
  void EndConnections(absl::Duration timeout) { acceptor_->EndConnections(timeout); }

 private:
  GrpcDoor(std::unique_ptr<ConnectionAcceptor> acceptor,
           std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> entrance,
           bool plaintext);

  // Outlives acceptor_, whose thread uses it.
  const std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> entrance_;
  const std::unique_ptr<ConnectionAcceptor> acceptor_;
  const bool plaintext_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_GRPC_DOOR_H_
