#include "server/tracing/otlp_endpoint.h"

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace provnet {
namespace {

absl::Status Refused(absl::string_view text, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(
      "\"", text, "\" ", why, "; expected http://HOST[:PORT], or https under TLS, of a collector ",
      "that listens for OTLP over gRPC, usually on port 4317"));
}

bool IsHost(absl::string_view host) {
  if (absl::ConsumePrefix(&host, "[")) return absl::ConsumeSuffix(&host, "]") && !host.empty();
  return !host.empty() && host.find_first_of(":@?#[] \t") == absl::string_view::npos;
}

}  // namespace

std::string OtlpEndpoint::ToString() const {
  return absl::StrCat(tls ? "https://" : "http://", host, ":", port);
}

absl::StatusOr<OtlpEndpoint> ParseOtlpEndpoint(absl::string_view text) {
  OtlpEndpoint endpoint;
  absl::string_view rest = text;
  endpoint.tls = absl::ConsumePrefix(&rest, "https://");
  if (!endpoint.tls && !absl::ConsumePrefix(&rest, "http://"))
    return Refused(text, "does not begin with http:// or https://");
  absl::ConsumeSuffix(&rest, "/");
  if (absl::StrContains(rest, '/')) return Refused(text, "has a path, as OTLP over HTTP has");
  // A colon behind the brackets of IPv6, if there are any.
  const size_t colon = rest.find(':', rest.rfind(']') == rest.npos ? 0 : rest.rfind(']'));
  if (colon != rest.npos) {
    const bool is_port = absl::SimpleAtoi(rest.substr(colon + 1), &endpoint.port) &&
                         endpoint.port > 0 && endpoint.port <= 65535;
    if (!is_port) return Refused(text, "has a port that is not 1 .. 65535");
    rest = rest.substr(0, colon);
  }
  if (!IsHost(rest)) return Refused(text, "names no host");
  endpoint.host = std::string(rest);
  return endpoint;
}

}  // namespace provnet
