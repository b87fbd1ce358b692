#ifndef PROVNET_CLIENT_CHANNEL_H_
#define PROVNET_CLIENT_CHANNEL_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <memory>

#include "absl/time/time.h"
#include "client/client_options.h"

namespace provnet {

// Connections to options.target, one to each address of its name, with TLS where options.tls is
// there; opened by the first call and used in turn. Channels of different `number` never share a
// socket.
std::shared_ptr<grpc::Channel> MakeChannel(const ClientOptions& options, int number = 0);

// Names the caller by options.token and its work by options.traceparent, and ends the call of
// `context` that long from now; never when `left` is infinite.
void PrepareCall(grpc::ClientContext& context, const ClientOptions& options, absl::Duration left);

}  // namespace provnet

#endif  // PROVNET_CLIENT_CHANNEL_H_
