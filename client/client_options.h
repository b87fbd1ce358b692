#ifndef PROVNET_CLIENT_CLIENT_OPTIONS_H_
#define PROVNET_CLIENT_CLIENT_OPTIONS_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "client/retry_policy.h"
#include "storage/base/clock.h"

namespace provnet {

// Uniform in [0, 1), from a generator of the calling thread's that the machine's entropy seeds.
double UniformRandom();

// Time and chance as the client sees them; tests put their own here.
struct ClientEnvironment {
  // Outlives the client.
  const Clock* clock = &Clock::Steady();
  // Blocks the calling thread.
  std::function<void(absl::Duration)> sleep = absl::SleepFor;
  // Uniform in [0, 1). Called from any thread.
  std::function<double()> random = UniformRandom;
};

// How soon a connection that has gone silent is given up. Its calls then fail with UNAVAILABLE, so
// that they are tried again elsewhere while their time, by default 10 s, lasts.
struct KeepaliveOptions {
  // Without a byte from the server for that long it is pinged, with or without calls in progress.
  // provnet-server ends connections that ping more often than every 2 s.
  absl::Duration time = absl::Seconds(5);
  // How long the answer to that may take.
  absl::Duration timeout = absl::Seconds(3);
};

// How to know a server by TLS, and how to be known. All in PEM.
struct ClientTls {
  // The authorities of which the server must show a certificate; e.g. the machine's own in
  // /etc/ssl/certs/ca-certificates.crt.
  std::string ca;
  // This client's certificate with its chain, and its key, for servers that ask for one. Both or
  // neither.
  std::string certificate = {};
  std::string key = {};
  // The name that the server's certificate must have, where it is not the target's host.
  std::string server_name = {};
};

struct ClientOptions {
  // "host:port", or any gRPC target such as "dns:///provnet:8500" or "unix:/run/provnet.sock"; the
  // port is 8500 where none is named (CompleteTarget).
  // Where its name stands for several addresses, as a headless Kubernetes Service's does, calls go
  // to all of them in turn.
  std::string target;
  // Bounds each call from its start to its answer, all attempts and the waits between them
  // included.
  absl::Duration timeout = absl::Seconds(10);
  // The same for one ExplainAll over all of its requests.
  absl::Duration bulk_timeout = absl::Minutes(10);
  RetryOptions retry;
  // Whether Explain and CheckMembership hold calls back, as if the server had refused them, while
  // it refuses most of what this client sends (AdaptiveThrottle).
  bool throttle = true;
  // Absent: plaintext.
  std::optional<ClientTls> tls;
  // Sent with each call as "authorization: Bearer TOKEN" for servers with an access policy; empty:
  // nothing is sent.
  std::string token;
  // Without TLS whoever listens to the connection can use the token, so it is not sent unless this
  // says so.
  bool allow_plaintext_token = false;
  // The W3C traceparent of the work that a call is for, sent along so that the server's log names
  // the trace. Asked in the thread that makes the call, at each attempt; thread-safe. Empty, or
  // when what it returns is none: nothing is sent.
  std::function<std::string()> traceparent;
  KeepaliveOptions keepalive;
  // Largest message that is sent or accepted. The server has a limit of its own.
  size_t max_message_bytes = size_t{64} << 20;
  // ExplainAll keeps at most this many requests unanswered at a time; at least 1.
  size_t max_in_flight = 64;
  ClientEnvironment environment;
};

}  // namespace provnet

#endif  // PROVNET_CLIENT_CLIENT_OPTIONS_H_
