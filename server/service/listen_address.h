#ifndef PROVNET_SERVER_SERVICE_LISTEN_ADDRESS_H_
#define PROVNET_SERVER_SERVICE_LISTEN_ADDRESS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace provnet {

// Where to listen. Port 0 lets the system choose a free one.
struct ListenAddress {
  // A name or an address, without the brackets of IPv6.
  std::string host;
  int port = 0;

  // "host:port", "[host]:port" for IPv6.
  std::string ToString() const;
};

// Parses "HOST:PORT" and "[IPV6]:PORT". INVALID_ARGUMENT shows the text and an example.
absl::StatusOr<ListenAddress> ParseListenAddress(absl::string_view text);

// Whether only programs on this machine can connect: "localhost", 127.0.0.0/8 or ::1.
bool IsLoopback(const ListenAddress& address);

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_LISTEN_ADDRESS_H_
