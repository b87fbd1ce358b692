#include "client/channel.h"

#include <grpc/grpc.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <chrono>

#include "absl/strings/str_cat.h"

namespace provnet {

std::shared_ptr<grpc::Channel> MakeChannel(const ClientOptions& options, int number) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxSendMessageSize(static_cast<int>(options.max_message_bytes));
  arguments.SetMaxReceiveMessageSize(static_cast<int>(options.max_message_bytes));
  // The retry policy decides, gRPC's own does not; and gRPC must be ready to reconnect by the time
  // it decides so (the default waits a second after a refused connection).
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2000);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt("provnet.channel_number", number);
  return grpc::CreateCustomChannel(options.target, grpc::InsecureChannelCredentials(), arguments);
}

void PrepareCall(grpc::ClientContext& context, const ClientOptions& options, absl::Duration left) {
  if (!options.token.empty())
    context.AddMetadata("authorization", absl::StrCat("Bearer ", options.token));
  if (left == absl::InfiniteDuration()) return;
  context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoMicroseconds(left));
}

}  // namespace provnet
