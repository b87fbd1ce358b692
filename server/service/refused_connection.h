#ifndef PROVNET_SERVER_SERVICE_REFUSED_CONNECTION_H_
#define PROVNET_SERVER_SERVICE_REFUSED_CONNECTION_H_

namespace provnet {

// Tells the client of a connection that is about to be closed why: HTTP/2's GOAWAY with the words
// "too many connections", which clients log or show; their calls fail with UNAVAILABLE. For
// connections in plaintext: under TLS nothing can be said before the handshake, whose work is what
// shall be saved. Does not block.
void SayTooManyConnections(int connection);

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_REFUSED_CONNECTION_H_
