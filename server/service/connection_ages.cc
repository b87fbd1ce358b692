#include "server/service/connection_ages.h"

#include <grpc/grpc.h>
#include <grpcpp/server_builder.h>

#include <limits>

namespace provnet {
namespace {

// gRPC's word for never is the largest number.
int Milliseconds(absl::Duration duration) {
  constexpr absl::Duration kLongest = absl::Milliseconds(std::numeric_limits<int>::max());
  if (duration >= kLongest) return std::numeric_limits<int>::max();
  return static_cast<int>(absl::ToInt64Milliseconds(duration));
}

}  // namespace

void SetConnectionAges(const ConnectionAges& ages, grpc::ServerBuilder& builder) {
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, Milliseconds(ages.max_idle));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, Milliseconds(ages.max_age));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, Milliseconds(ages.grace));
}

}  // namespace provnet
