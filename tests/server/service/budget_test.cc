// Membership budgets over real connections.
#include <gmock/gmock.h>

#include <optional>

#include "client/rpc_failure.h"
#include "server/security/membership_budgets.h"
#include "tests/server/service/guarded_server.h"

namespace provnet {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kPolicy[] = R"({"roles": [
  {"name": "bounded", "grants": [{"rpcs": ["*"], "models": ["*"]}],
   "membership_budget": {"queries": 3, "window": "3600s"}},
  {"name": "free", "grants": [{"rpcs": ["*"], "models": ["*"]}]}
]})";

class BudgetTest : public ::testing::Test {
 protected:
  BudgetTest()
      : access_(kPolicy, {{"alice", "bounded"}, {"bob", "bounded"}, {"carol", "free"}}, true) {
    Start();
  }

  void Start() {
    server_.reset();
    budgets_.reset();
    auto budgets = MembershipBudgets::Open(state_.path(), Clock::Steady(), probe_);
    ASSERT_TRUE(budgets.ok()) << budgets.status();
    budgets_ = *std::move(budgets);
    TestServerOptions options;
    options.guards = {&access_.control(), nullptr, budgets_.get()};
    server_ = std::make_unique<TestServer>(
        options, std::vector<FakeServable::Options>{{.calibration = SomeCalibration()}});
    server_->Serve();
  }

  grpc::Status Check(const std::string& token, bool valid = true) {
    TokenContext context(token);
    v1::CheckMembershipRequest request;
    if (valid) *request.mutable_tensor() = MakeRequest().tensor();
    v1::CheckMembershipResponse response;
    return server_->stub().CheckMembership(&context, request, &response);
  }

  TempDir state_;
  RecordingProbe probe_;
  AccessFiles access_;
  std::unique_ptr<MembershipBudgets> budgets_;
  std::unique_ptr<TestServer> server_;
};

TEST_F(BudgetTest, EndsWithAnErrorThatSaysWhoseAndUntilWhenAndOthersGoOn) {
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(Check("alice").ok());
  const grpc::Status refused = Check("alice");
  EXPECT_EQ(refused.error_code(), grpc::RESOURCE_EXHAUSTED);
  EXPECT_THAT(refused.error_message(), AllOf(HasSubstr("\"p-alice\" has used up its budget of 3"),
                                             HasSubstr("next window")));
  const RpcFailure failure = ToRpcFailure(refused);
  EXPECT_GT(failure.retry_delay, absl::Minutes(59));
  EXPECT_TRUE(failure.budget_exhausted) << "so that the client does not take it for load";
  EXPECT_TRUE(Check("bob").ok());
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(Check("carol").ok());
  TokenContext context("alice");
  v1::ExplainResponse response;
  EXPECT_TRUE(server_->stub().Explain(&context, MakeRequest(), &response).ok());
}

TEST_F(BudgetTest, SurvivesARestart) {
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(Check("alice").ok());
  Start();
  EXPECT_TRUE(Check("alice").ok());
  EXPECT_EQ(Check("alice").error_code(), grpc::RESOURCE_EXHAUSTED);
}

TEST_F(BudgetTest, AQuestionThatIsNotValidCostsNothing) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Check("alice", false).error_code(), grpc::INVALID_ARGUMENT);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Check("alice").ok());
}

TEST_F(BudgetTest, WhatCantBeRecordedIsNotAnswered) {
  const std::filesystem::path away = state_.path().string() + ".away";
  std::filesystem::rename(state_.path(), away);
  const grpc::Status refused = Check("alice");
  EXPECT_EQ(refused.error_code(), grpc::UNAVAILABLE);
  EXPECT_THAT(refused.error_message(),
              AllOf(HasSubstr("can't record"), Not(HasSubstr(state_.path().string()))));
  EXPECT_TRUE(server_->model().batch_sizes().empty());
  std::filesystem::rename(away, state_.path());
  EXPECT_TRUE(Check("alice").ok());
}

}  // namespace
}  // namespace provnet
