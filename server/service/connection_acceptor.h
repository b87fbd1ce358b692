#ifndef PROVNET_SERVER_SERVICE_CONNECTION_ACCEPTOR_H_
#define PROVNET_SERVER_SERVICE_CONNECTION_ACCEPTOR_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "server/service/listen_address.h"
#include "storage/base/mutex.h"

namespace provnet {

// A listening TCP socket and the thread that accepts its connections and gives them away.
// Thread-safe.
//
// gRPC could listen by itself, but its shutdown answers requests that are on their way with
// CANCELLED, which a client must take for final. Owning the listener lets a server end in this
// order instead: StopListening, finish what was accepted, EndConnections. A request that is on its
// way then meets the end of its connection, which clients see as UNAVAILABLE and repeat elsewhere.
class ConnectionAcceptor {
 public:
  // Receives each connection, a connected, non-blocking socket without delay, and owns it from then
  // on. Called on the acceptor's thread.
  using Handler = std::function<void(int listener, int connection)>;

  // Binds and listens; connections wait in the kernel until Start. UNAVAILABLE with the address and
  // the reason.
  static absl::StatusOr<std::unique_ptr<ConnectionAcceptor>> Listen(const ListenAddress& address);

  // Stops listening.
  ~ConnectionAcceptor();
  ConnectionAcceptor(const ConnectionAcceptor&) = delete;
  ConnectionAcceptor& operator=(const ConnectionAcceptor&) = delete;

  int port() const { return port_; }

  // Starts the thread. Once.
  void Start(Handler handler);

  // Closes the listener and joins the thread: new connections are refused. Idempotent; not for
  // concurrent calls.
  void StopListening();

  // Ends the server's half of every open connection behind what has been written. The other side
  // reads all of that, then the end. Call after StopListening.
  void EndConnections();

 private:
  // A descriptor is given away and may be closed and reused by others; the kernel's cookie tells.
  struct Connection {
    int descriptor;
    uint64_t cookie;
  };

  ConnectionAcceptor(int listener, int wake, int port)
      : listener_(listener), wake_(wake), port_(port) {}

  void Run();
  // False when there is nothing to accept for now.
  bool AcceptOne();
  void Remember(int connection);

  int listener_;
  // An eventfd that ends Run.
  const int wake_;
  const int port_;
  Handler handler_;
  std::thread thread_;

  Mutex mutex_;
  std::vector<Connection> connections_ ABSL_GUARDED_BY(mutex_);
  // connections_ is swept of the closed when it reaches this size.
  size_t sweep_at_ ABSL_GUARDED_BY(mutex_) = 64;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_CONNECTION_ACCEPTOR_H_
