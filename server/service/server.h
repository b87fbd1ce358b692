#ifndef PROVNET_SERVER_SERVICE_SERVER_H_
#define PROVNET_SERVER_SERVICE_SERVER_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/lifecycle/model_registry.h"
#include "server/security/tls_files.h"
#include "server/service/connection_ages.h"
#include "server/service/connection_limits.h"
#include "server/service/connection_probe.h"
#include "server/service/exemplar_reader.h"
#include "server/service/grpc_door.h"
#include "server/service/health_endpoint.h"
#include "server/service/http_endpoint.h"
#include "server/service/in_flight.h"
#include "server/service/listen_address.h"
#include "server/service/provenance_service.h"
#include "server/service/readiness.h"
#include "server/service/readiness_reporter.h"
#include "server/service/request_limits.h"
#include "server/service/request_log.h"
#include "server/service/structured_log.h"
#include "server/tracing/tracing.h"

namespace grpc {
class Server;
}

namespace provnet {

struct ServerOptions {
  ListenAddress grpc = {"127.0.0.1", 8500};
  ListenAddress http = {"127.0.0.1", 8501};
  RequestLimits limits = {};
  // Largest message that is received. Longer ones get RESOURCE_EXHAUSTED from gRPC.
  int max_request_bytes = 16 << 20;
  // Where grpc.health.v1 alone is answered, in plaintext; absent: nowhere but at `grpc`.
  std::optional<ListenAddress> health;
  ConnectionLimits connections = {};
  InFlightLimits in_flight = {};
  ConnectionAges ages = {};
  // What they refer to outlives the server.
  Guards guards = {};
  // Null: the gRPC door is in plaintext. Outlives the server.
  const TlsFiles* tls = nullptr;
  // Null: calls leave no spans. Outlives the server.
  const Tracing* tracing = nullptr;
};

// Where the server's parts report to. All outlive the server.
struct ServerProbes {
  RequestProbe& requests;
  ConnectionProbe& connections;
  ReadinessProbe& readiness;
  std::function<std::string()> metrics_text;
};

// The whole server: gRPC with health and reflection, HTTP, the models' queues.
//
// Life: Start (both doors open, everything UNAVAILABLE) -> Serve (ready) -> Drain (not ready,
// finish, stop).
class Server {
 public:
  // Opens both doors. What is referred to outlives the server. UNAVAILABLE names the address that
  // can't be bound.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const ServerOptions& options,
                                                       const ServerProbes& probes,
                                                       const StructuredLog& log,
                                                       const Clock& clock);

  // Drains without patience: calls that are still running are cancelled.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // The ports that were bound.
  int grpc_port() const { return door_->port(); }
  int http_port() const { return http_->port(); }
  // 0 where there is no such door.
  int health_port() const { return health_ == nullptr ? 0 : health_->port(); }

  // Calls that have begun and are not done. Thread-safe.
  size_t in_flight() const { return in_flight_.count(); }

  // Serves what `models` holds, now and later, and becomes ready. Once; `models` outlives the
  // server.
  void Serve(const ModelRegistry& models);

  // In this order:
  //   1. not ready: health and /readyz say so, new calls get UNAVAILABLE, streams read no further;
  //   2. new connections are refused;
  //   3. the calls in flight finish, while the queues keep running;
  //   4. the connections end behind their last answer, then gRPC stops;
  //   5. the queues drain and their threads end.
  // Returns how many calls were left when `timeout` had passed and were cut; 0 is a clean end.
  // Steps 4 and 5 then wait for no client, but for the batches that are running. `on_timeout` runs
  // before those waits, with the number. Once.
  size_t Drain(absl::Duration timeout, const std::function<void(size_t)>& on_timeout = nullptr);

 private:
  Server(const ServerOptions& options, const ServerProbes& probes, const StructuredLog& log,
         const Clock& clock);

  absl::Status StartGrpc();
  // Until no call is left or the timeout has passed; returns how many are left.
  size_t FinishCalls(absl::Duration timeout);
  void AddConditions();
  void ShowHealth(Capability capability, bool ready);
  void ReportRefused();

  const ServerOptions options_;
  const ServerProbes probes_;
  const StructuredLog& log_;
  const Clock& clock_;

  // Destroyed in reverse: the doors first, then what calls in flight use.
  Readiness readiness_;
  InFlight in_flight_;
  RequestLog request_log_;
  std::unique_ptr<ExemplarReader> reader_;
  const ModelRegistry* models_ = nullptr;
  std::unique_ptr<ProvenanceService> service_;
  std::unique_ptr<HttpEndpoint> http_;
  std::unique_ptr<grpc::Server> grpc_;
  std::unique_ptr<GrpcDoor> door_;
  // Open to the end.
  std::unique_ptr<HealthEndpoint> health_;
  // From when the doors are open.
  std::unique_ptr<ReadinessReporter> reporter_;
  // When a refused connection was logged last. Of the door's thread.
  absl::Duration refusal_logged_ = -absl::InfiniteDuration();
  bool drained_ = false;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_SERVER_H_
