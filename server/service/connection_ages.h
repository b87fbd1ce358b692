#ifndef PROVNET_SERVER_SERVICE_CONNECTION_AGES_H_
#define PROVNET_SERVER_SERVICE_CONNECTION_AGES_H_

#include "absl/time/time.h"

namespace grpc {
class ServerBuilder;
}

namespace provnet {

// How long connections live. A caller whose connection ends looks its server's name up again, and
// so finds replicas that came since; a balancer of connections gives it another one. Each at least
// a millisecond; infinite is never.
struct ConnectionAges {
  // Without a call for that long a connection is closed.
  absl::Duration max_idle = absl::Minutes(15);
  // Then a connection takes no new calls, give or take a tenth, so that not all end together. Its
  // caller opens another one; no call is lost.
  absl::Duration max_age = absl::Hours(1);
  // How long its calls may take to finish after that, streams included; then they are cut with
  // UNAVAILABLE.
  absl::Duration grace = absl::Minutes(10);
};

void SetConnectionAges(const ConnectionAges& ages, grpc::ServerBuilder& builder);

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_CONNECTION_AGES_H_
