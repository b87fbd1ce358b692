#include "client/channel.h"

#include <grpc/grpc.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <chrono>
#include <string>

#include "absl/strings/str_cat.h"
#include "storage/base/trace_context.h"

namespace provnet {
namespace {

// All addresses that the target's name stands for, in turn. A connection that ends, as one does
// when its server goes or finds it old enough, has the name looked up again, so that new replicas
// are found (the default waits 30 s between two looks).
void SetBalancing(grpc::ChannelArguments& arguments) {
  arguments.SetLoadBalancingPolicyName("round_robin");
  arguments.SetInt(GRPC_ARG_DNS_MIN_TIME_BETWEEN_RESOLUTIONS_MS, 1000);
}

void SetKeepalive(const KeepaliveOptions& keepalive, grpc::ChannelArguments& arguments) {
  const auto milliseconds = [](absl::Duration duration) {
    return static_cast<int>(absl::ToInt64Milliseconds(duration));
  };
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, milliseconds(keepalive.time));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, milliseconds(keepalive.timeout));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  // A call that waits long sends nothing meanwhile; by default its third ping would not be sent.
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
}

std::shared_ptr<grpc::ChannelCredentials> CredentialsOf(const ClientOptions& options) {
  if (!options.tls.has_value()) return grpc::InsecureChannelCredentials();
  return grpc::SslCredentials({options.tls->ca, options.tls->key, options.tls->certificate});
}

}  // namespace

std::shared_ptr<grpc::Channel> MakeChannel(const ClientOptions& options, int number) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxSendMessageSize(static_cast<int>(options.max_message_bytes));
  arguments.SetMaxReceiveMessageSize(static_cast<int>(options.max_message_bytes));
  // The retry policy decides; gRPC itself, without a policy of its own, only sends again what no
  // server has looked at, as happens when a connection reaches its age. And gRPC must be ready to
  // reconnect by the time the policy decides so (the default waits a second after a refused
  // connection).
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 1);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2000);
  SetBalancing(arguments);
  SetKeepalive(options.keepalive, arguments);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt("provnet.channel_number", number);
  if (options.tls.has_value() && !options.tls->server_name.empty())
    arguments.SetSslTargetNameOverride(options.tls->server_name);
  return grpc::CreateCustomChannel(options.target, CredentialsOf(options), arguments);
}

void PrepareCall(grpc::ClientContext& context, const ClientOptions& options, absl::Duration left) {
  if (!options.token.empty())
    context.AddMetadata("authorization", absl::StrCat("Bearer ", options.token));
  if (options.traceparent) {
    const std::string traceparent = options.traceparent();
    // What is none is not worth a call that fails over its bytes.
    if (ParseTraceParent(traceparent)) context.AddMetadata(kTraceParentKey, traceparent);
  }
  if (left == absl::InfiniteDuration()) return;
  context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoMicroseconds(left));
}

}  // namespace provnet
