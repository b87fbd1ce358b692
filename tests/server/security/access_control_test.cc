#include "server/security/access_control.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "storage/base/atomic_file.h"
#include "tests/server/security/recording_probe.h"
#include "tests/testing/temp_dir.h"

namespace provnet {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr char kPolicy[] =
    R"({"roles": [{"name": "reader", "grants": [{"rpcs": ["*"], "models": ["*"]}]}]})";

std::string Tokens(const std::string& token) {
  return absl::StrCat(R"({"tokens": [{"name": "alice", "roles": ["reader"], "sha256": ")",
                      ToHex(Sha256Of(token)), "\"}]}");
}

class AccessControlTest : public ::testing::Test {
 protected:
  void Write(const std::string& name, const std::string& contents) {
    ASSERT_TRUE(WriteFileAtomically(folder_ / name, contents).ok());
  }
  absl::StatusOr<std::unique_ptr<AccessControl>> Open() {
    return AccessControl::Open(
        {folder_ / "policy.json", folder_ / "tokens.json", absl::ZeroDuration()}, probe_);
  }
  static bool Knows(const AccessControl& control, const std::string& token) {
    Credentials credentials;
    SetAuthorization(absl::StrCat("Bearer ", token), credentials);
    return control.rules()->Identify(credentials, ProtectedRpc::kExplain, absl::Now()).ok();
  }

  TempDir folder_;
  RecordingProbe probe_;
};

TEST_F(AccessControlTest, AChangedTokenFileRevokesAndGrants) {
  Write("policy.json", kPolicy);
  Write("tokens.json", Tokens("old"));
  const auto control = Open();
  ASSERT_TRUE(control.ok()) << control.status();
  EXPECT_TRUE(Knows(**control, "old"));
  Write("tokens.json", Tokens("new"));
  (*control)->Poll();
  EXPECT_FALSE(Knows(**control, "old"));
  EXPECT_TRUE(Knows(**control, "new"));
  EXPECT_THAT(probe_.reloaded(), SizeIs(1));
}

TEST_F(AccessControlTest, RefusesABudgetThatNobodyEnforces) {
  Write("policy.json", R"({"roles": [{"name": "reader", "membership_budget": {"queries": 5}}]})");
  Write("tokens.json", Tokens("any"));
  const auto control = Open();
  EXPECT_EQ(control.status().code(), absl::StatusCode::kInvalidArgument) << control.status();
  EXPECT_THAT(std::string(control.status().message()),
              AllOf(HasSubstr("policy.json"), HasSubstr("\"reader\" has a membership_budget"),
                    HasSubstr("--state-dir")));
  EXPECT_TRUE(AccessControl::Open({folder_ / "policy.json", folder_ / "tokens.json",
                                   absl::ZeroDuration(), /*enforces_budgets=*/true},
                                  probe_)
                  .ok());
}

TEST_F(AccessControlTest, ABadChangeLeavesTheOldRulesInForceAndNamesTheFile) {
  Write("policy.json", kPolicy);
  Write("tokens.json", Tokens("old"));
  const auto control = Open();
  ASSERT_TRUE(control.ok());
  Write("tokens.json", "{\"tokens\": [");
  (*control)->Poll();
  EXPECT_TRUE(Knows(**control, "old"));
  ASSERT_THAT(probe_.failures(), SizeIs(1));
  EXPECT_THAT(std::string(probe_.failures()[0].message()), HasSubstr("tokens.json"));
}

TEST_F(AccessControlTest, AnUnusableFileAtTheStartIsAnErrorThatNamesIt) {
  Write("policy.json", R"({"roles": [{"name": "other"}]})");
  Write("tokens.json", Tokens("old"));
  const auto control = Open();
  EXPECT_TRUE(absl::IsInvalidArgument(control.status()));
  EXPECT_THAT(std::string(control.status().message()),
              AllOf(HasSubstr("policy.json"), HasSubstr("tokens.json"), HasSubstr("reader")));
}

}  // namespace
}  // namespace provnet
