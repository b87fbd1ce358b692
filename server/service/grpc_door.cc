#include "server/service/grpc_door.h"

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

#include <utility>

#include "server/service/refused_connection.h"
#include "storage/base/status_macros.h"

namespace provnet {

absl::StatusOr<std::unique_ptr<GrpcDoor>> GrpcDoor::Open(
    const ListenAddress& address, size_t max_connections,
    std::shared_ptr<grpc::ServerCredentials> credentials, grpc::ServerBuilder& builder) {
  PROVNET_ASSIGN_OR_RETURN(auto acceptor, ConnectionAcceptor::Listen(address, max_connections));
  const bool plaintext = credentials == nullptr;
  if (plaintext) credentials = grpc::InsecureServerCredentials();
  auto entrance = builder.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD, credentials);
  return std::unique_ptr<GrpcDoor>(
      new GrpcDoor(std::move(acceptor), std::move(entrance), plaintext));
}

GrpcDoor::GrpcDoor(std::unique_ptr<ConnectionAcceptor> acceptor,
                   std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> entrance,
                   bool plaintext)
    : entrance_(std::move(entrance)), acceptor_(std::move(acceptor)), plaintext_(plaintext) {}

GrpcDoor::~GrpcDoor() = default;

void GrpcDoor::LetIn(OnRefused on_refused) {
  const auto let_in = [this](int listener, int connection) {
    grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters parameters;
    parameters.listener_fd = listener;
    parameters.fd = connection;
    entrance_->HandleNewConnection(&parameters);
  };
  const auto refuse = [plaintext = plaintext_, on_refused = std::move(on_refused)](int connection) {
    if (plaintext) SayTooManyConnections(connection);
    on_refused();
  };
  acceptor_->Start(let_in, refuse);
}

}  // namespace provnet
