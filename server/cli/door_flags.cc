#include "server/cli/door_flags.h"

#include <string>
#include <tuple>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "storage/base/status_prefix.h"

ABSL_FLAG(std::string, health, "",
          "HOST:PORT where gRPC health checks are answered in plaintext, and nothing else; for "
          "probes without a certificate. Without it only --listen answers them");
ABSL_FLAG(int, max_connections, static_cast<int>(provnet::ConnectionLimits().max_connections),
          "connections to --listen; more are refused");
ABSL_FLAG(int, max_streams_per_connection, provnet::ConnectionLimits().max_streams,
          "calls of one connection at a time; more wait at the client");
ABSL_FLAG(int, max_calls, static_cast<int>(provnet::InFlightLimits().calls),
          "calls in progress; more get RESOURCE_EXHAUSTED");
ABSL_FLAG(int, max_open_streams, static_cast<int>(provnet::InFlightLimits().streams),
          "ExplainStream calls in progress; more get RESOURCE_EXHAUSTED");
ABSL_FLAG(int, max_metadata_bytes, provnet::ConnectionLimits().max_metadata_bytes,
          "metadata of one call; longer gets RESOURCE_EXHAUSTED");
ABSL_FLAG(int64_t, max_buffer_bytes, static_cast<int64_t>(provnet::ConnectionLimits().buffer_bytes),
          "what gRPC may hold for messages on their way, of all connections; then it ends streams");
ABSL_FLAG(absl::Duration, handshake_timeout, provnet::ConnectionLimits().handshake_timeout,
          "how long a new connection may take to say hello; then it is closed");

namespace provnet {
namespace {

absl::Status CheckRanges() {
  constexpr int64_t kMany = 1 << 20;
  const std::tuple<const char*, int64_t, int64_t, int64_t> rows[] = {
      {"--max-connections", absl::GetFlag(FLAGS_max_connections), 1, kMany},
      {"--max-streams-per-connection", absl::GetFlag(FLAGS_max_streams_per_connection), 1, kMany},
      {"--max-calls", absl::GetFlag(FLAGS_max_calls), 1, kMany},
      {"--max-open-streams", absl::GetFlag(FLAGS_max_open_streams), 1, kMany},
      {"--max-metadata-bytes", absl::GetFlag(FLAGS_max_metadata_bytes), 1024, 1 << 24},
      {"--max-buffer-bytes", absl::GetFlag(FLAGS_max_buffer_bytes), 1 << 20, int64_t{1} << 40},
  };
  for (const auto& [flag, value, lowest, highest] : rows) {
    if (value >= lowest && value <= highest) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(flag, " is ", value, ", expected ", lowest, " .. ", highest));
  }
  const absl::Duration handshake = absl::GetFlag(FLAGS_handshake_timeout);
  if (handshake >= absl::Milliseconds(1) && handshake <= absl::Hours(1)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "--handshake-timeout is ", absl::FormatDuration(handshake), ", expected 1ms .. 1h"));
}

}  // namespace

absl::Status FillDoorOptions(ServerOptions& options) {
  PROVNET_RETURN_IF_ERROR(CheckRanges());
  if (const std::string health = absl::GetFlag(FLAGS_health); !health.empty()) {
    const auto address = ParseListenAddress(health);
    if (!address.ok()) return WithPrefix("--health", address.status());
    options.health = *address;
  }
  ConnectionLimits& connections = options.connections;
  connections.max_connections = static_cast<size_t>(absl::GetFlag(FLAGS_max_connections));
  connections.max_streams = absl::GetFlag(FLAGS_max_streams_per_connection);
  connections.max_metadata_bytes = absl::GetFlag(FLAGS_max_metadata_bytes);
  connections.handshake_timeout = absl::GetFlag(FLAGS_handshake_timeout);
  connections.buffer_bytes = static_cast<size_t>(absl::GetFlag(FLAGS_max_buffer_bytes));
  options.in_flight.calls = static_cast<size_t>(absl::GetFlag(FLAGS_max_calls));
  options.in_flight.streams = static_cast<size_t>(absl::GetFlag(FLAGS_max_open_streams));
  return absl::OkStatus();
}

}  // namespace provnet
