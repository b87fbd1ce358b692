#include "server/service/grpc_log.h"

#include <gmock/gmock.h>
#include <grpc/grpc.h>
#include <grpc/support/log.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "tests/testing/fake_clock.h"

namespace provnet {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class GrpcLogTest : public ::testing::Test {
 protected:
  // Where it starts, the library sets what it logs.
  GrpcLogTest() { grpc_init(); }
  ~GrpcLogTest() override { grpc_shutdown(); }

  // Since the last call.
  std::vector<std::string> Lines() {
    std::istringstream text(stream_.str());
    stream_.str("");
    std::vector<std::string> lines;
    for (std::string line; std::getline(text, line);) lines.push_back(line);
    return lines;
  }

  std::ostringstream stream_;
  const StructuredLog log_ = StructuredLog::ToStream(stream_, LogFormat::kJson, LogLevel::kInfo);
  FakeClock clock_;
};

TEST_F(GrpcLogTest, AnErrorOfTheLibraryIsOneLineOfTheLog) {
  const GrpcLog route(log_, clock_);
  gpr_log(GPR_ERROR, "Handshake failed: %s", "no\nshared cipher");
  EXPECT_THAT(Lines(),
              ElementsAre(AllOf(HasSubstr(R"("level":"warning")"),
                                HasSubstr(R"("message":"Handshake failed: no\nshared)"),
                                HasSubstr("grpc_log_test.cc:"), Not(HasSubstr("left_out")))));
}

TEST_F(GrpcLogTest, AFloodOfErrorsIsCounted) {
  const GrpcLog route(log_, clock_);
  for (int i = 0; i < 100; ++i) gpr_log(GPR_ERROR, "flood %d", i);
  EXPECT_THAT(Lines(), SizeIs(GrpcLog::kMaxErrors));
  clock_.Advance(GrpcLog::kPause);
  gpr_log(GPR_ERROR, "later");
  gpr_log(GPR_ERROR, "and later");
  EXPECT_THAT(Lines(), ElementsAre(AllOf(HasSubstr("later"), HasSubstr(R"("left_out":95)")),
                                   AllOf(HasSubstr("and later"), Not(HasSubstr("left_out")))));
}

TEST_F(GrpcLogTest, TheLastWordsOfAProcessAreWrittenInAFlood) {
  const GrpcLog route(log_, clock_);
  for (int i = 0; i < 100; ++i) gpr_log(GPR_ERROR, "flood %d", i);
  Lines();
  gpr_log(GPR_ERROR, "assertion failed: %s", "refs > 0");
  EXPECT_THAT(Lines(), ElementsAre(AllOf(HasSubstr(R"("level":"error")"), HasSubstr("refs > 0"))));
}

TEST_F(GrpcLogTest, WhatVerbosityAsksForIsWrittenInFull) {
  const GrpcLog route(log_, clock_);
  gpr_set_log_verbosity(GPR_LOG_SEVERITY_INFO);
  for (int i = 0; i < 100; ++i) gpr_log(GPR_INFO, "detail %d", i);
  gpr_set_log_verbosity(GPR_LOG_SEVERITY_ERROR);
  EXPECT_THAT(Lines(), SizeIs(100));
}

TEST_F(GrpcLogTest, AfterItsEndTheLogIsNotUsed) {
  { const GrpcLog route(log_, clock_); }
  ::testing::internal::CaptureStderr();
  gpr_log(GPR_ERROR, "at the end");
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("at the end"));
  EXPECT_THAT(Lines(), IsEmpty());
}

}  // namespace
}  // namespace provnet
