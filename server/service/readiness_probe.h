#ifndef PROVNET_SERVER_SERVICE_READINESS_PROBE_H_
#define PROVNET_SERVER_SERVICE_READINESS_PROBE_H_

#include "server/service/capability.h"

namespace provnet {

// Told now and then what the server is able to do. Thread-safe and quick.
class ReadinessProbe {
 public:
  virtual ~ReadinessProbe() = default;

  virtual void SetReady(Capability capability, bool ready) = 0;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_READINESS_PROBE_H_
