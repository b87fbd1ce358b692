#include "server/service/refused_connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>

namespace provnet {
namespace {

using ::testing::HasSubstr;

// Two ends of a TCP connection on this machine.
class Connection {
 public:
  Connection() {
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    EXPECT_EQ(bind(listener, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(listener, 1), 0);
    EXPECT_EQ(getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), 0);
    client_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(connect(client_, reinterpret_cast<sockaddr*>(&address), size), 0);
    server_ = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    close(listener);
  }
  ~Connection() { Leave(); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Who takes it closes it.
  int server() const { return server_; }

  // False when the other side is there no more.
  bool Say(const std::string& text) const {
    return send(client_, text.data(), text.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(text.size());
  }
  // All up to the other side's end; "reset" at the end when it was reset.
  std::string Hear() const {
    std::string heard;
    char block[256];
    while (true) {
      const ssize_t count = recv(client_, block, sizeof(block), 0);
      if (count <= 0) return count == 0 ? heard : heard + "reset";
      heard.append(block, static_cast<size_t>(count));
    }
  }
  void Leave() {
    if (client_ >= 0) close(client_);
    client_ = -1;
  }

 private:
  int client_ = -1;
  int server_ = -1;
};

TEST(RefusedConnectionsTest, WhoHasSentAlreadyHearsWhy) {
  RefusedConnections refused;
  Connection connection;
  EXPECT_TRUE(connection.Say("PRI * HTTP/2.0"));
  SayTooManyConnections(connection.server());
  refused.Take(connection.server());
  refused.Tend();
  EXPECT_TRUE(connection.Say("more"));
  const std::string heard = connection.Hear();
  EXPECT_THAT(heard, HasSubstr("too many connections"));
  EXPECT_THAT(heard, ::testing::Not(HasSubstr("reset")));
  EXPECT_FALSE(refused.empty());
  connection.Leave();
  while (!refused.empty()) refused.Tend();
}

TEST(RefusedConnectionsTest, OfManyTheOldestGoAtOnce) {
  std::array<Connection, 65> connections;
  RefusedConnections refused;
  // Unread, so that its end is a reset.
  EXPECT_TRUE(connections[0].Say("PRI * HTTP/2.0"));
  for (const Connection& each : connections) refused.Take(each.server());
  EXPECT_FALSE(connections[0].Say("more"));
  EXPECT_TRUE(connections[1].Say("more"));
}

TEST(RefusedConnectionsTest, NobodyStaysForEver) {
  RefusedConnections refused;
  Connection connection;
  refused.Take(connection.server());
  while (!refused.empty()) refused.Tend();
  EXPECT_EQ(connection.Hear(), "");
}

}  // namespace
}  // namespace provnet
