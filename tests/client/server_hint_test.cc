#include "client/cli/server_hint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace provnet {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// What gRPC says of real servers is tested in command_test.cc.
TEST(ServerHintTest, LeavesTheServersOwnWordsAlone) {
  for (const char* message :
       {"GetModel at a:1: the server is loading its models",
        "CheckMembership at a:1: the server can't record that a part of the budget is used"}) {
    EXPECT_THAT(ServerHint(absl::UnavailableError(message), "a:1", false), IsEmpty());
  }
  EXPECT_THAT(ServerHint(absl::NotFoundError("connection refused"), "a:1", false), IsEmpty());
}

TEST(ServerHintTest, KnowsTheWordsOfOtherBuildsOfGrpc) {
  const auto hint = [](const char* message, bool tls) {
    return ServerHint(absl::UnavailableError(message), "a:1", tls);
  };
  EXPECT_THAT(hint("Ssl handshake failed: SSL_ERROR_SSL: error:1000007d:SSL routines:"
                   "OPENSSL_internal:CERTIFICATE_VERIFY_FAILED",
                   true),
              HasSubstr("not of an authority in --tls-ca"));
  EXPECT_THAT(hint("SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER", true),
              HasSubstr("answers without TLS"));
  // A test that asks the machine's name server would depend on it.
  EXPECT_THAT(hint("DNS resolution failed for a:1: C-ares status is not ARES_SUCCESS qtype=AAAA "
                   "name=a is_balancer=0: Domain name not found",
                   false),
              HasSubstr("The host of a:1 has no address"));
  EXPECT_THAT(hint("failed to connect in a way that nobody has seen yet", false),
              HasSubstr("both or neither speak TLS"));
}

TEST(ServerHintTest, SaysWhatSilenceMayMean) {
  EXPECT_THAT(ServerHint(absl::DeadlineExceededError("Deadline Exceeded"), "a:1", false),
              HasSubstr("No answer from a:1 within --timeout"));
}

}  // namespace
}  // namespace provnet
