#ifndef PROVNET_SERVER_TRACING_OTLP_ENDPOINT_H_
#define PROVNET_SERVER_TRACING_OTLP_ENDPOINT_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace provnet {

// Where a collector listens for OTLP over gRPC.
struct OtlpEndpoint {
  // Whether it speaks TLS.
  bool tls = false;
  // A name or an address; IPv6 in brackets.
  std::string host;
  int port = 4317;

  // "http://HOST:PORT", or https under TLS.
  std::string ToString() const;
};

// Parses "http://HOST[:PORT]" and "https://HOST[:PORT]". INVALID_ARGUMENT shows the text and what
// was expected.
absl::StatusOr<OtlpEndpoint> ParseOtlpEndpoint(absl::string_view text);

}  // namespace provnet

#endif  // PROVNET_SERVER_TRACING_OTLP_ENDPOINT_H_
