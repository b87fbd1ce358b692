#include "client/target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/testing/status_matchers.h"

namespace provnet {
namespace {

using ::testing::HasSubstr;

TEST(TargetTest, AddsThePortWhereThereIsNone) {
  const std::pair<std::string, std::string> rows[] = {
      {"localhost", "localhost:8500"},
      {"localhost:1", "localhost:1"},
      {"10.0.0.7", "10.0.0.7:8500"},
      {"provnet.example.org.:65535", "provnet.example.org.:65535"},
      {"::1", "[::1]:8500"},
      {"fe80::1%eth0", "[fe80::1%eth0]:8500"},
      {"[::1]", "[::1]:8500"},
      {"[::1]:9000", "[::1]:9000"},
      {"dns:provnet", "dns:provnet:8500"},
      {"dns:///provnet", "dns:///provnet:8500"},
      {"dns:///provnet:9000", "dns:///provnet:9000"},
      {"dns://8.8.8.8/provnet", "dns://8.8.8.8/provnet:8500"},
      {"unix:/run/provnet.sock", "unix:/run/provnet.sock"},
      {"ipv4:127.0.0.1:1,127.0.0.1:2", "ipv4:127.0.0.1:1,127.0.0.1:2"},
  };
  for (const auto& [target, complete] : rows) {
    const auto completed = CompleteTarget(target);
    ASSERT_THAT(completed, IsOk()) << target;
    EXPECT_EQ(*completed, complete);
    EXPECT_EQ(*CompleteTarget(*completed), complete) << "it is complete";
  }
}

TEST(TargetTest, SaysWhatIsWrong) {
  const std::pair<std::string, std::string> rows[] = {
      {"", "it is empty"},
      {":8500", "there is no host"},
      {"localhost:", "the port is \"\""},
      {"localhost:0", "the port is \"0\""},
      {"localhost:65536", "the port is \"65536\""},
      {"localhost:grpc", "the port is \"grpc\""},
      {"localhost:8500/", "the port is \"8500/\""},
      {"localhost/models", "has \"/\" in it"},
      {"a b:8500", "has \" \" in it"},
      {"http://localhost:8500", "\"http://\" is no scheme of gRPC's"},
      {"dns://provnet:8500", "lacks the host"},
      {"[localhost]:8500", "no IPv6 address between the brackets"},
      {"[::1", "no IPv6 address between the brackets"},
      {"[::1]8500", "more than a port after the bracket"},
  };
  for (const auto& [target, message] : rows) {
    EXPECT_THAT(CompleteTarget(target),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message)))
        << target;
    EXPECT_THAT(CompleteTarget(target), StatusIs(absl::StatusCode::kInvalidArgument,
                                                 HasSubstr("expected HOST or HOST:PORT")));
  }
}

}  // namespace
}  // namespace provnet
