#include "server/service/request_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>

#include "server/service/request_id.h"
#include "tests/testing/fake_clock.h"

namespace provnet {
namespace {

using testing::HasSubstr;

class RequestLogTest : public testing::Test {
 protected:
  void Fail(int times) {
    for (int i = 0; i < times; ++i) {
      requests_.Finished(Rpc::kExplain, {"id-1"}, std::nullopt,
                         absl::NotFoundError("no such model"), absl::Milliseconds(2));
    }
  }
  long Lines() const {
    const std::string text = stream_.str();
    return std::count(text.begin(), text.end(), '\n');
  }

  std::ostringstream stream_;
  StructuredLog log_ = StructuredLog::ToStream(stream_, LogFormat::kJson, LogLevel::kInfo);
  FakeClock clock_;
  RequestLog requests_{log_, clock_, 3};
};

TEST_F(RequestLogTest, FailuresShowWhatHappenedToWhom) {
  Fail(1);
  EXPECT_THAT(
      stream_.str(),
      testing::AllOf(HasSubstr("\"level\":\"warning\""), HasSubstr("\"request_id\":\"id-1\""),
                     HasSubstr("\"code\":\"NOT_FOUND\""), HasSubstr("no such model"),
                     HasSubstr("\"rpc\":\"Explain\"")));
}

TEST_F(RequestLogTest, ATracedRequestShowsItsPlaceAndOthersShowNone) {
  Fail(1);
  EXPECT_THAT(stream_.str(), testing::Not(HasSubstr("span_id")));
  const RequestIdentity::Trace trace{{"4bf92f3577b34da6a3ce929d0e0e4736", "b7ad6b7169203331"},
                                     "00f067aa0ba902b7"};
  requests_.Finished(Rpc::kExplain, {"id-2", trace}, 7, absl::InternalError("broken"),
                     absl::Milliseconds(2));
  EXPECT_THAT(stream_.str(),
              testing::AllOf(HasSubstr("\"request_id\":\"id-2#7\""),
                             HasSubstr("\"trace_id\":\"4bf92f3577b34da6a3ce929d0e0e4736\""),
                             HasSubstr("\"span_id\":\"b7ad6b7169203331\""),
                             HasSubstr("\"parent_span_id\":\"00f067aa0ba902b7\"")));
}

TEST_F(RequestLogTest, SuccessesAreForDebugging) {
  requests_.Finished(Rpc::kExplain, {"id"}, std::nullopt, absl::OkStatus(), absl::Milliseconds(2));
  EXPECT_EQ(stream_.str(), "");
}

TEST_F(RequestLogTest, AFloodOfFailuresIsCutAndCounted) {
  Fail(10);
  EXPECT_EQ(Lines(), 3);
  clock_.Advance(absl::Seconds(1));
  Fail(1);
  EXPECT_EQ(Lines(), 4);
  EXPECT_THAT(stream_.str(), HasSubstr("\"similar_lines_left_out\":7"));
}

TEST(RequestIdTest, KeepsUsableOnesAndReplacesOthers) {
  EXPECT_EQ(ChooseRequestId("trace-1.2:3/4_5+="), "trace-1.2:3/4_5+=");
  EXPECT_EQ(ChooseRequestId(std::string(128, 'a')), std::string(128, 'a'));
  for (const std::string& bad : {std::string(), std::string(129, 'a'), std::string("a b"),
                                 std::string("a\nb"), std::string("é")}) {
    const std::string id = ChooseRequestId(bad);
    EXPECT_NE(id, bad);
    EXPECT_EQ(ChooseRequestId(id), id);
  }
  EXPECT_NE(ChooseRequestId(""), ChooseRequestId(""));
}

}  // namespace
}  // namespace provnet
