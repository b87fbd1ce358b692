#ifndef PROVNET_SERVER_SERVICE_REFUSED_CONNECTION_H_
#define PROVNET_SERVER_SERVICE_REFUSED_CONNECTION_H_

#include <deque>

#include "absl/time/time.h"

namespace provnet {

// Tells the client of a connection that is about to be closed why: HTTP/2's GOAWAY with the words
// "too many connections", which clients log or show; their calls fail with UNAVAILABLE. For
// connections in plaintext: under TLS nothing can be said before the handshake, whose work is what
// shall be saved. Does not block.
void SayTooManyConnections(int connection);

// Connections that have been refused and are on their way out. A socket that is closed while it
// holds what its client has sent resets the connection, and the client may lose what it was told:
// so each stays, for a second at most, until its client has read that and closed its half. The
// oldest have to go at once when there are many. Not thread-safe.
class RefusedConnections {
 public:
  RefusedConnections() = default;
  // Closes all.
  ~RefusedConnections();
  RefusedConnections(const RefusedConnections&) = delete;
  RefusedConnections& operator=(const RefusedConnections&) = delete;

  // Takes ownership of a non-blocking socket, and ends our half of it.
  void Take(int connection);
  // Closes those whose clients have gone, and those whose time is over. To be called every now and
  // then until there are none.
  void Tend();
  bool empty() const { return leaving_.empty(); }

 private:
  struct Leaving {
    int connection;
    // By Clock::Monotonic.
    absl::Duration until;
  };
  std::deque<Leaving> leaving_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_REFUSED_CONNECTION_H_
