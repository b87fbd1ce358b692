#ifndef PROVNET_SERVER_SERVICE_CONNECTION_ACCEPTOR_H_
#define PROVNET_SERVER_SERVICE_CONNECTION_ACCEPTOR_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/service/listen_address.h"
#include "server/service/refused_connection.h"
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
  // Sees each connection that is one too many, before it is ended. Called on the same thread; must
  // not block.
  using Refusal = std::function<void(int connection)>;

  // Binds and listens; connections wait in the kernel until Start. At most `max_connections` are
  // open at a time. UNAVAILABLE with the address and the reason.
  static absl::StatusOr<std::unique_ptr<ConnectionAcceptor>> Listen(const ListenAddress& address,
                                                                    size_t max_connections);

  // Stops listening.
  ~ConnectionAcceptor();
  ConnectionAcceptor(const ConnectionAcceptor&) = delete;
  ConnectionAcceptor& operator=(const ConnectionAcceptor&) = delete;

  int port() const { return port_; }

  // Starts the thread. Once.
  void Start(Handler handler, Refusal refusal);

  // Closes the listener and joins the thread: new connections are refused. Idempotent; not for
  // concurrent calls.
  void StopListening();

  // Ends the server's half of every open connection behind what has been written, and waits until
  // the other side has read all of that and closed its half, at most `timeout`. A socket that is
  // closed any earlier could reset the connection under a client that is still sending, which then
  // loses answers that it has not read yet. Call after StopListening.
  void EndConnections(absl::Duration timeout);

 private:
  // A descriptor is given away and may be closed and reused by others; the kernel's cookie tells.
  struct Connection {
    int descriptor;
    uint64_t cookie;
  };

  ConnectionAcceptor(int listener, int wake, int port, size_t max_connections)
      : listener_(listener), wake_(wake), port_(port), max_connections_(max_connections) {}

  void Run();
  // False when there is nothing to accept for now.
  bool AcceptOne();
  // False when there are as many as there may be.
  bool Remember(int connection);
  // Forgets those that were closed.
  void Sweep() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Descriptors of our own for the connections that are still open.
  std::vector<int> DuplicateOpen();

  int listener_;
  // An eventfd that ends Run.
  const int wake_;
  const int port_;
  const size_t max_connections_;
  Handler handler_;
  Refusal refusal_;
  // The thread's own.
  RefusedConnections refused_;
  std::thread thread_;

  Mutex mutex_;
  std::vector<Connection> connections_ ABSL_GUARDED_BY(mutex_);
  // connections_ is swept of the closed when it reaches this size.
  size_t sweep_at_ ABSL_GUARDED_BY(mutex_) = 64;
  // When connections_ was swept last, by Clock::Monotonic.
  absl::Duration swept_ ABSL_GUARDED_BY(mutex_) = -absl::InfiniteDuration();
};

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_CONNECTION_ACCEPTOR_H_
