#include "client/cli/server_hint.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"

namespace provnet {
namespace {

using Words = absl::Span<const absl::string_view>;

// In lower case, of gRPC 1.51 and later with OpenSSL or BoringSSL.
constexpr absl::string_view kRefused[] = {"connection refused", "no such file or directory"};
constexpr absl::string_view kNoAddress[] = {"dns resolution failed", "domain name not found",
                                            "name or service not known"};
constexpr absl::string_view kHttp1[] = {"http1.x server"};
constexpr absl::string_view kPlaintext[] = {"wrong version number", "wrong_version_number"};
constexpr absl::string_view kNotTrusted[] = {"certificate verify failed",
                                             "certificate_verify_failed"};
constexpr absl::string_view kOtherName[] = {"is not in peer certificate",
                                            "hostname verification check failed"};
constexpr absl::string_view kAlert[] = {"alert"};
constexpr absl::string_view kClosed[] = {
    "socket closed",        "connection reset",        "broken pipe",       "handshake read failed",
    "endpoint read failed", "expected settings frame", "connection closed", "unexpected eof"};
constexpr absl::string_view kConnection[] = {"connect", "handshake", "transport", "recvmsg",
                                             "dns",     "ssl",       "tls"};

bool HasOneOf(absl::string_view message, Words words) {
  return std::any_of(words.begin(), words.end(), [message](absl::string_view word) {
    return absl::StrContains(message, word);
  });
}

std::string TlsHint(absl::string_view message, absl::string_view server) {
  if (HasOneOf(message, kPlaintext))
    return absl::StrCat(server, " answers without TLS: leave --tls-ca out, or check --server.");
  if (HasOneOf(message, kNotTrusted)) {
    return absl::StrCat("The certificate of ", server,
                        " is not of an authority in --tls-ca, or has expired.");
  }
  if (HasOneOf(message, kOtherName)) {
    return absl::StrCat("The certificate of ", server,
                        " is for another name; --tls-server-name says which one it should have.");
  }
  if (HasOneOf(message, kAlert) || HasOneOf(message, kClosed)) {
    return absl::StrCat(server,
                        " ended the TLS handshake: it may want a certificate of its client "
                        "(--tls-cert, --tls-key), or not trust the one that it got.");
  }
  return "";
}

std::string ConnectionHint(absl::string_view message, absl::string_view server, bool tls) {
  if (HasOneOf(message, kRefused)) {
    return absl::StrCat("Nothing listens at ", server,
                        ": check that provnet-server runs, and that --server is its --listen.");
  }
  if (HasOneOf(message, kNoAddress))
    return absl::StrCat("The host of ", server, " has no address: check the name in --server.");
  if (HasOneOf(message, kHttp1)) {
    return absl::StrCat(server,
                        " speaks HTTP/1 and no gRPC: check that --server is the server's --listen, "
                        "not its --http.");
  }
  if (tls) {
    if (std::string hint = TlsHint(message, server); !hint.empty()) return hint;
  } else if (HasOneOf(message, kClosed)) {
    return absl::StrCat(server,
                        " closed the connection: it may speak TLS alone (--tls-ca), be no gRPC "
                        "server, or have gone.");
  }
  if (!HasOneOf(message, kConnection)) return "";
  return absl::StrCat("No connection to ", server,
                      ": check that provnet-server runs, that --server is its --listen, that no "
                      "firewall is between, and that both or neither speak TLS (--tls-ca).");
}

}  // namespace

std::string ServerHint(const absl::Status& status, absl::string_view server, bool tls) {
  if (absl::IsDeadlineExceeded(status)) {
    return absl::StrCat(
        "No answer from ", server,
        " within --timeout: it is busy, or a firewall swallows what is sent to it.");
  }
  if (!absl::IsUnavailable(status)) return "";
  return ConnectionHint(absl::AsciiStrToLower(status.message()), server, tls);
}

}  // namespace provnet
