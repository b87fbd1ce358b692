#include "server/service/http_endpoint.h"

#include <httplib.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace provnet {
namespace {

constexpr size_t kThreads = 2;
constexpr size_t kMaxRequestBytes = 16 << 10;
constexpr int kTimeoutSeconds = 5;
constexpr char kPlainText[] = "text/plain; charset=utf-8";

// Without SO_REUSEPORT, the library's default, under which two servers would share the port
// unnoticed.
void SetSocketOptions(int socket) {
  const int yes = 1;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
}

void SetLimits(httplib::Server& server) {
  server.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
  server.set_socket_options(SetSocketOptions);
  server.set_payload_max_length(kMaxRequestBytes);
  server.set_read_timeout(kTimeoutSeconds);
  server.set_write_timeout(kTimeoutSeconds);
  // One scrape a connection, so that an idle keep-alive does not occupy one of the two threads.
  server.set_keep_alive_max_count(1);
}

void Answer(const absl::Status& status, absl::string_view more, httplib::Response& response) {
  response.status = status.ok() ? 200 : 503;
  response.set_content(
      status.ok() ? absl::StrCat("ready\n", more) : absl::StrCat(status.message(), "\n"),
      kPlainText);
}

// A line for each capability that fails.
std::string Failing(const Readiness& readiness) {
  std::string lines;
  for (const Capability capability : kCapabilities) {
    if (const absl::Status status = readiness.Check(capability); !status.ok())
      absl::StrAppend(&lines, CapabilityName(capability), ": ", status.message(), "\n");
  }
  return lines;
}

void SetReadinessRoutes(httplib::Server& server, const Readiness& readiness) {
  server.Get("/readyz", [&readiness](const httplib::Request&, httplib::Response& response) {
    const absl::Status status = readiness.Check(Capability::kClassification);
    Answer(status, status.ok() ? Failing(readiness) : "", response);
  });
  for (const Capability capability : kCapabilities) {
    server.Get(absl::StrCat("/readyz/", CapabilityName(capability)),
               [&readiness, capability](const httplib::Request&, httplib::Response& response) {
                 Answer(readiness.Check(capability), "", response);
               });
  }
  // What matches none of these.
  server.Get("/readyz/.*", [](const httplib::Request& request, httplib::Response& response) {
    response.status = 404;
    response.set_content(
        absl::StrCat("there is no ", request.path, "; expected /readyz, or /readyz/ with one of ",
                     absl::StrJoin(kCapabilities, ", ",
                                   [](std::string* text, Capability capability) {
                                     absl::StrAppend(text, CapabilityName(capability));
                                   }),
                     "\n"),
        kPlainText);
  });
}

void SetRoutes(httplib::Server& server, const Readiness& readiness,
               std::function<std::string()> metrics_text) {
  server.Get("/healthz", [](const httplib::Request&, httplib::Response& response) {
    response.set_content("ok\n", kPlainText);
  });
  SetReadinessRoutes(server, readiness);
  server.Get("/metrics", [metrics_text = std::move(metrics_text)](const httplib::Request&,
                                                                  httplib::Response& response) {
    response.set_content(metrics_text(), "text/plain; version=0.0.4; charset=utf-8");
  });
}

}  // namespace

absl::StatusOr<std::unique_ptr<HttpEndpoint>> HttpEndpoint::Start(
    const ListenAddress& address, const Readiness& readiness,
    std::function<std::string()> metrics_text) {
  auto server = std::make_unique<httplib::Server>();
  SetLimits(*server);
  SetRoutes(*server, readiness, std::move(metrics_text));
  const bool bound = address.port == 0 || server->bind_to_port(address.host, address.port);
  const int port = address.port == 0 ? server->bind_to_any_port(address.host) : address.port;
  if (!bound || port <= 0) {
    return absl::UnavailableError(
        absl::StrCat("cannot listen for HTTP on ", address.ToString(),
                     "; is the port in use, or the address not of this machine?"));
  }
  return std::unique_ptr<HttpEndpoint>(new HttpEndpoint(std::move(server), port));
}

HttpEndpoint::HttpEndpoint(std::unique_ptr<httplib::Server> server, int port)
    : server_(std::move(server)), port_(port), thread_([this] { server_->listen_after_bind(); }) {
  // stop() has no effect on a server that has not begun to run.
  while (!server_->is_running()) std::this_thread::yield();
}

HttpEndpoint::~HttpEndpoint() {
  server_->stop();
  thread_.join();
}

}  // namespace provnet
