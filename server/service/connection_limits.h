#ifndef PROVNET_SERVER_SERVICE_CONNECTION_LIMITS_H_
#define PROVNET_SERVER_SERVICE_CONNECTION_LIMITS_H_

#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"

namespace grpc {
class ServerBuilder;
}

namespace provnet {

// What callers may take of a gRPC door, whoever they are: these limits hold before anybody is
// known. What is refused says why, where the protocol has a place for it.
struct ConnectionLimits {
  // Connections at a time; more are told so and closed.
  size_t max_connections = 16384;
  // Streams, i.e. calls, that one connection may have open at a time; more wait at the client. Two
  // batches keep a server busy. In a flood of calls that nobody holds back, this is what bounds
  // those that the server has yet to look at: with 1024 it took seconds to get through them, most
  // past their deadlines by then, and gigabytes.
  int max_streams = 128;
  // Names and values of a call's metadata; longer ones get RESOURCE_EXHAUSTED.
  int max_metadata_bytes = 16 << 10;
  // How long a new connection may take to finish TLS and HTTP/2's opening; then it is closed.
  absl::Duration handshake_timeout = absl::Seconds(10);
  // What gRPC itself may hold for all connections: bytes on their way in and out. Where that is not
  // enough it closes idle connections first, then streams, with RESOURCE_EXHAUSTED.
  size_t buffer_bytes = size_t{1} << 30;
};

// All but max_connections, which is for whoever accepts them.
void SetConnectionLimits(const ConnectionLimits& limits, grpc::ServerBuilder& builder);

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_CONNECTION_LIMITS_H_
