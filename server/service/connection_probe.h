#ifndef PROVNET_SERVER_SERVICE_CONNECTION_PROBE_H_
#define PROVNET_SERVER_SERVICE_CONNECTION_PROBE_H_

namespace provnet {

// What the gRPC door tells the world about its connections. Thread-safe and quick.
class ConnectionProbe {
 public:
  virtual ~ConnectionProbe() = default;

  // There were as many connections as there may be.
  virtual void ConnectionRefused() = 0;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_CONNECTION_PROBE_H_
