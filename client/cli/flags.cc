#include "client/cli/flags.h"

#include <cstdlib>
#include <fstream>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "client/cli/tls_flags.h"
#include "client/target.h"
#include "storage/base/status_macros.h"
#include "storage/base/status_prefix.h"

ABSL_FLAG(std::string, server, "127.0.0.1:8500", "where provnet-server listens, HOST or HOST:PORT");
ABSL_FLAG(std::string, model, "", "name of the model; not needed when the server has one");
ABSL_FLAG(uint64_t, model_version, 0, "version of the model; 0 is the highest that is loaded");
ABSL_FLAG(absl::Duration, timeout, absl::Seconds(10),
          "how long one call may take, tries and waits included");
ABSL_FLAG(std::string, token_file, "",
          "file with the token that tells a server with an access policy who asks");
ABSL_FLAG(std::string, json, "", "print JSON instead; --json=FILE writes it to FILE");
ABSL_FLAG(uint32_t, top_k, 5, "how many exemplars to name");
ABSL_FLAG(std::string, html, "", "also write one self-contained page to this file");
ABSL_FLAG(bool, contents, false, "with --json: include the exemplars' bytes");
ABSL_FLAG(std::string, save, "", "write each sample's bytes into this folder");
ABSL_FLAG(bool, png, false, "with --save: write raw tensors as PNG");
ABSL_FLAG(absl::optional<uint32_t>, label, absl::nullopt,
          "the records' class; default: as a labels file has it, else the predicted one");
ABSL_FLAG(double, false_positive_rate, 0.01,
          "share of the non-members that may be called members, above 0 and below 1");
ABSL_FLAG(uint32_t, concurrency, 64, "callers of the closed loop, one request each at a time");
ABSL_FLAG(uint32_t, streams, 0,
          "closed loop: ExplainStream calls that carry the requests; 0: one call each");
ABSL_FLAG(double, rate, 0, "open loop instead: requests a second, at random (Poisson) moments");
ABSL_FLAG(absl::Duration, duration, absl::Seconds(10), "how long to measure");
ABSL_FLAG(absl::Duration, warmup, absl::Seconds(2), "how long to send before measuring");
ABSL_FLAG(
    bool, throttle, false,
    "with --rate: hold requests back as the client library does while the server refuses them");
ABSL_FLAG(uint32_t, channels, 1, "connections to the server");
ABSL_FLAG(std::string, image, "",
          "what to send, as in 'explain'; default: random pixels of the model's shape");
ABSL_FLAG(bool, include_exemplars, false, "ask for the exemplars' contents too");
ABSL_FLAG(std::string, http, "",
          "the server's --http, HOST:PORT, to measure the CPU time a request costs it");
ABSL_FLAG(uint64_t, seed, 1, "of random pixels and arrival times");

namespace provnet {

namespace {

// One word, so that a file with a key or a whole policy in it isn't sent as a token by mistake.
absl::StatusOr<std::string> ReadToken(const std::string& path) {
  std::ifstream file(path);
  std::string token, more;
  if (!(file >> token)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--token-file=", path, " can't be read or is empty; expected a token"));
  }
  if (file >> more) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--token-file=", path, " has more than one word; expected a token and nothing else"));
  }
  return token;
}

}  // namespace

absl::StatusOr<std::string> ServerFromFlags() {
  const std::string server = absl::GetFlag(FLAGS_server);
  absl::StatusOr<std::string> target = CompleteTarget(server);
  if (target.ok()) return target;
  return WithPrefix(absl::StrCat("--server=", server), target.status());
}

absl::StatusOr<ClientOptions> ClientOptionsFromFlags() {
  ClientOptions options;
  PROVNET_ASSIGN_OR_RETURN(options.target, ServerFromFlags());
  options.timeout = absl::GetFlag(FLAGS_timeout);
  if (options.timeout <= absl::ZeroDuration()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--timeout=", absl::FormatDuration(options.timeout),
                     "; expected a time above zero, for example 5s or 500ms"));
  }
  // As programs hand it to those that they start.
  if (const char* traceparent = std::getenv("TRACEPARENT"); traceparent != nullptr)
    options.traceparent = [value = std::string(traceparent)] { return value; };
  PROVNET_ASSIGN_OR_RETURN(options.tls, TlsFromFlags());
  const std::string token_file = absl::GetFlag(FLAGS_token_file);
  if (!token_file.empty()) {
    PROVNET_ASSIGN_OR_RETURN(options.token, ReadToken(token_file));
    options.allow_plaintext_token = absl::GetFlag(FLAGS_allow_plaintext_token);
    if (!options.tls.has_value() && !options.allow_plaintext_token) {
      return absl::InvalidArgumentError(
          "--token-file would send the token in plaintext; give --tls-ca=FILE, or "
          "--allow-plaintext-token where nobody can listen");
    }
  }
  return options;
}

v1::ModelSelector ModelFromFlags() {
  v1::ModelSelector model;
  model.set_name(absl::GetFlag(FLAGS_model));
  if (uint64_t version = absl::GetFlag(FLAGS_model_version); version != 0)
    model.set_version(version);
  return model;
}

}  // namespace provnet
