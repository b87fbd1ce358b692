#ifndef PROVNET_TESTS_TESTING_FREE_PORT_H_
#define PROVNET_TESTS_TESTING_FREE_PORT_H_

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>

namespace provnet {

// A TCP port of the loopback interface that nobody listens on now, for a program that has to be
// told one. The kernel hands out ports in turn, so it stays free for a while.
inline uint16_t FreePort() {
  const int socket_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  bind(socket_fd, reinterpret_cast<sockaddr*>(&address), size);
  getsockname(socket_fd, reinterpret_cast<sockaddr*>(&address), &size);
  close(socket_fd);
  return ntohs(address.sin_port);
}

}  // namespace provnet

#endif  // PROVNET_TESTS_TESTING_FREE_PORT_H_
