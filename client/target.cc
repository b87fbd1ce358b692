#include "client/target.h"

#include <arpa/inet.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace provnet {
namespace {

// Those whose rest is no host that a port could be missing of.
constexpr absl::string_view kOtherSchemes[] = {
    "unix:", "unix-abstract:", "vsock:", "ipv4:", "ipv6:", "xds:"};

absl::Status Wrong(absl::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat(what, "; expected HOST or HOST:PORT, such as localhost:", kDefaultPort,
                   ", [::1]:", kDefaultPort, ", dns:///HOST:PORT or unix:/PATH"));
}

bool IsIpv6(absl::string_view text) {
  // A zone ("fe80::1%eth0") is no part of the address.
  const std::string address(text.substr(0, text.find('%')));
  in6_addr parsed;
  return inet_pton(AF_INET6, address.c_str(), &parsed) == 1;
}

absl::Status CheckPort(absl::string_view text) {
  const bool digits = std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c));
  });
  int port = 0;
  if (digits && absl::SimpleAtoi(text, &port) && port >= 1 && port <= 65535)
    return absl::OkStatus();
  return Wrong(absl::StrCat("the port is \"", text, "\", which is none of 1 .. 65535"));
}

// "[IPV6]" or "[IPV6]:PORT".
absl::StatusOr<std::string> CompleteBracketed(absl::string_view text) {
  const size_t end = text.find(']');
  if (end == text.npos || !IsIpv6(text.substr(1, end - 1)))
    return Wrong("there is no IPv6 address between the brackets");
  absl::string_view port = text.substr(end + 1);
  if (port.empty()) return absl::StrCat(text, ":", kDefaultPort);
  if (!absl::ConsumePrefix(&port, ":")) return Wrong("there is more than a port after the bracket");
  if (const absl::Status status = CheckPort(port); !status.ok()) return status;
  return std::string(text);
}

absl::StatusOr<std::string> CompleteHost(absl::string_view text) {
  if (absl::StartsWith(text, "[")) return CompleteBracketed(text);
  if (IsIpv6(text)) return absl::StrCat("[", text, "]:", kDefaultPort);
  const size_t colon = text.find(':');
  const absl::string_view host = text.substr(0, colon);
  if (host.empty()) return Wrong("there is no host");
  const size_t odd = host.find_first_of(" \t\r\n/@,");
  if (odd != host.npos)
    return Wrong(absl::StrCat("the host \"", host, "\" has \"", host.substr(odd, 1), "\" in it"));
  if (colon == text.npos) return absl::StrCat(text, ":", kDefaultPort);
  if (const absl::Status status = CheckPort(text.substr(colon + 1)); !status.ok()) return status;
  return std::string(text);
}

// "dns:HOST", "dns:///HOST" or, with the name server to ask, "dns://SERVER/HOST".
absl::StatusOr<std::string> CompleteDns(absl::string_view rest) {
  std::string scheme = "dns:";
  if (absl::ConsumePrefix(&rest, "//")) {
    const size_t slash = rest.find('/');
    if (slash == rest.npos) return Wrong("\"dns://\" is for a name server and lacks the host");
    absl::StrAppend(&scheme, "//", rest.substr(0, slash + 1));
    rest.remove_prefix(slash + 1);
  }
  absl::StatusOr<std::string> host = CompleteHost(rest);
  if (!host.ok()) return host.status();
  return absl::StrCat(scheme, *host);
}

}  // namespace

absl::StatusOr<std::string> CompleteTarget(absl::string_view target) {
  if (target.empty()) return Wrong("it is empty");
  for (const absl::string_view scheme : kOtherSchemes) {
    if (absl::StartsWith(target, scheme)) return std::string(target);
  }
  if (absl::ConsumePrefix(&target, "dns:")) return CompleteDns(target);
  if (absl::StrContains(target, "://")) {
    return Wrong(
        absl::StrCat("\"", target.substr(0, target.find("://") + 3), "\" is no scheme of gRPC's"));
  }
  return CompleteHost(target);
}

}  // namespace provnet
