#ifndef PROVNET_SERVER_SERVICE_HTTP_ENDPOINT_H_
#define PROVNET_SERVER_SERVICE_HTTP_ENDPOINT_H_

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "server/service/listen_address.h"
#include "server/service/readiness.h"

namespace httplib {
class Server;
}

namespace provnet {

// The door for machines that watch the server, on threads of its own:
//   GET /metrics   Prometheus text
//   GET /healthz   200 while the process can answer at all
//   GET /readyz    200 while it is able to classify, with what else it is not able to do; 503 with
//                  the reason while it loads or drains, or can't record disclosures
//   GET /readyz/C  the same of one Capability by its name
// Meant for a trusted network, without authentication.
class HttpEndpoint {
 public:
  // Binds and serves. Arguments outlive the endpoint. UNAVAILABLE when the address can't be bound.
  static absl::StatusOr<std::unique_ptr<HttpEndpoint>> Start(
      const ListenAddress& address, const Readiness& readiness,
      std::function<std::string()> metrics_text);

  // Stops serving and joins its threads.
  ~HttpEndpoint();
  HttpEndpoint(const HttpEndpoint&) = delete;
  HttpEndpoint& operator=(const HttpEndpoint&) = delete;

  int port() const { return port_; }

 private:
  HttpEndpoint(std::unique_ptr<httplib::Server> server, int port);

  const std::unique_ptr<httplib::Server> server_;
  const int port_;
  std::thread thread_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_HTTP_ENDPOINT_H_
