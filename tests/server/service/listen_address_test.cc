#include "server/service/listen_address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "server/service/connection_acceptor.h"

namespace provnet {
namespace {

TEST(ListenAddressTest, Parses) {
  struct Row {
    const char* text;
    const char* host;
    int port;
  };
  const Row rows[] = {{"127.0.0.1:8500", "127.0.0.1", 8500},
                      {"localhost:0", "localhost", 0},
                      {"[::1]:65535", "::1", 65535}};
  for (const Row& row : rows) {
    const auto address = ParseListenAddress(row.text);
    ASSERT_TRUE(address.ok()) << address.status();
    EXPECT_EQ(address->host, row.host);
    EXPECT_EQ(address->port, row.port);
    EXPECT_EQ(address->ToString(), row.text);
  }
}

TEST(ListenAddressTest, RefusesWithTheTextAndAnExample) {
  for (const char* text : {"", "8500", ":8500", "host:", "host:-1", "host:+1", "host:65536",
                           "host:80x", "::1:80", "[::1:80", "host: 80", "host:99999999999"}) {
    const absl::Status status = ParseListenAddress(text).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_THAT(std::string(status.message()),
                testing::AllOf(testing::HasSubstr(text), testing::HasSubstr("127.0.0.1:8500")));
  }
}

TEST(ConnectionAcceptorTest, SaysWhichAddressIsInUse) {
  const auto first = ConnectionAcceptor::Listen({"127.0.0.1", 0}, 10);
  ASSERT_TRUE(first.ok()) << first.status();
  const ListenAddress taken{"127.0.0.1", (*first)->port()};
  const absl::Status status = ConnectionAcceptor::Listen(taken, 10).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()),
              testing::AllOf(testing::HasSubstr(taken.ToString()),
                             testing::HasSubstr("Address already in use")));
}

TEST(ConnectionAcceptorTest, SaysWhichHostIsUnknown) {
  const absl::Status status = ConnectionAcceptor::Listen({"300.300.300.300", 1}, 10).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr("300.300.300.300:1"));
}

}  // namespace
}  // namespace provnet
