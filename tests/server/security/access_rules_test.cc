#include "server/security/access_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "server/security/access_files.h"
#include "tests/testing/status_matchers.h"

namespace provnet {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

constexpr char kPolicy[] = R"({
  "roles": [
    {"name": "reader", "grants": [{"rpcs": ["Explain"], "models": ["digits"]}]},
    {"name": "labeller", "disclosure": "DISCLOSURE_LABELS",
     "grants": [{"rpcs": ["Explain", "ListModels"], "models": ["*"]}],
     "membership_budget": {"queries": 5, "window": "60s"}},
    {"name": "auditor", "disclosure": "DISCLOSURE_CONTENT",
     "grants": [{"rpcs": ["*"], "models": ["letters"]}],
     "membership_budget": {"queries": 9}}
  ],
  "certificates": [
    {"name": "scoring", "subject_alternative_name": "spiffe://example.org/scoring", "roles": ["reader"]},
    {"name": "batch", "subject": "CN=batch,O=Example", "roles": ["labeller"]}
  ]
})";

std::string TokenEntry(const std::string& name, const std::string& token, const std::string& roles,
                       const std::string& more = "") {
  return absl::StrCat(R"({"name": ")", name, R"(", "sha256": ")", ToHex(Sha256Of(token)),
                      R"(", "roles": [)", roles, "]", more, "}");
}

absl::StatusOr<std::shared_ptr<const AccessRules>> Rules(const std::string& tokens,
                                                         const std::string& policy = kPolicy) {
  const auto parsed = ParseAccessPolicy(policy);
  const auto file = ParseTokenFile(absl::StrCat(R"({"tokens": [)", tokens, "]}"));
  if (!parsed.ok()) return parsed.status();
  if (!file.ok()) return file.status();
  return AccessRules::Create(*parsed, *file);
}

Credentials Bearer(const std::string& header) {
  Credentials credentials;
  return SetAuthorization(header, credentials);
}

TEST(AccessRulesTest, ShowsNothingOfAFileThatIsNoJson) {
  const absl::Status status = ParseTokenFile("s3cret-af412280").status();
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr("TokenFile"), Not(HasSubstr("af412280"))));
}

TEST(AccessRulesTest, KnowsCallersByTheirToken) {
  const auto rules = Rules(absl::StrCat(TokenEntry("alice", "secret-a", "\"reader\""), ",",
                                        TokenEntry("bob", "secret-b", "\"auditor\"")));
  ASSERT_TRUE(rules.ok()) << rules.status();
  const auto alice = (*rules)->Identify(Bearer("Bearer secret-a"), ProtectedRpc::kExplain, kNow);
  ASSERT_TRUE(alice.ok()) << alice.status();
  EXPECT_EQ((*alice)->name, "alice");
  const auto bob = (*rules)->Identify(Bearer("bearer secret-b"), ProtectedRpc::kExplain, kNow);
  ASSERT_TRUE(bob.ok());
  EXPECT_EQ((*bob)->name, "bob");
}

TEST(AccessRulesTest, RefusesUnknownMalformedAndExpiredTokensAlike) {
  const auto rules = Rules(
      TokenEntry("alice", "secret-a", "\"reader\"", R"(, "expires": "2023-11-14T22:13:20Z")"));
  ASSERT_TRUE(rules.ok()) << rules.status();
  const auto late = (*rules)->Identify(Bearer("Bearer secret-a"), ProtectedRpc::kExplain, kNow);
  for (const char* header : {"Bearer secret-", "Bearer ", "Basic secret-a", "secret-a", ""}) {
    const auto refused = (*rules)->Identify(Bearer(header), ProtectedRpc::kExplain, kNow);
    EXPECT_TRUE(absl::IsUnauthenticated(refused.status())) << header;
    EXPECT_EQ(refused.status(), late.status()) << header;
    EXPECT_THAT(std::string(refused.status().message()), Not(HasSubstr("secret")));
  }
  EXPECT_TRUE(
      (*rules)
          ->Identify(Bearer("Bearer secret-a"), ProtectedRpc::kExplain, kNow - absl::Seconds(1))
          .ok());
}

TEST(AccessRulesTest, KnowsCallersByTheirCertificate) {
  const auto rules = Rules("");
  ASSERT_TRUE(rules.ok());
  Credentials scoring;
  scoring.subject = "CN=someone";
  scoring.alternative_names = {"host.example.org", "spiffe://example.org/scoring"};
  EXPECT_EQ((*(*rules)->Identify(scoring, ProtectedRpc::kExplain, kNow))->name, "scoring");
  Credentials batch;
  batch.subject = "CN=batch,O=Example";
  EXPECT_EQ((*(*rules)->Identify(batch, ProtectedRpc::kExplain, kNow))->name, "batch");
  // Not by a part of the subject, and not by a subject that is someone's alternative name.
  Credentials other;
  other.subject = "spiffe://example.org/scoring";
  EXPECT_TRUE(
      absl::IsUnauthenticated((*rules)->Identify(other, ProtectedRpc::kExplain, kNow).status()));
}

TEST(AccessRulesTest, ABadTokenIsNotExcusedByAGoodCertificate) {
  const auto rules = Rules("");
  ASSERT_TRUE(rules.ok());
  Credentials credentials = Bearer("Bearer wrong");
  credentials.subject = "CN=batch,O=Example";
  EXPECT_TRUE(absl::IsUnauthenticated(
      (*rules)->Identify(credentials, ProtectedRpc::kExplain, kNow).status()));
}

TEST(AccessRulesTest, SaysWhatToSendWhenNothingWasSent) {
  const auto rules = Rules("");
  ASSERT_TRUE(rules.ok());
  const auto refused = (*rules)->Identify({}, ProtectedRpc::kGetModel, kNow);
  EXPECT_THAT(std::string(refused.status().message()),
              AllOf(HasSubstr("GetModel"), HasSubstr("authorization: Bearer"),
                    HasSubstr("client certificate")));
}

TEST(AccessRulesTest, DeniesByDefaultAndNamesCallModelAndRole) {
  const auto rules = Rules(TokenEntry("alice", "a", "\"reader\""));
  ASSERT_TRUE(rules.ok());
  const Principal& alice = **(*rules)->Identify(Bearer("Bearer a"), ProtectedRpc::kExplain, kNow);
  const auto granted = (*rules)->Authorize(alice, ProtectedRpc::kExplain, "digits");
  ASSERT_TRUE(granted.ok()) << granted.status();
  EXPECT_EQ(granted->disclosure, v1::DISCLOSURE_INDICES);
  const absl::Status denied =
      (*rules)->Authorize(alice, ProtectedRpc::kExplain, "letters").status();
  EXPECT_TRUE(absl::IsPermissionDenied(denied));
  EXPECT_THAT(std::string(denied.message()),
              AllOf(HasSubstr("Explain"), HasSubstr("letters"), HasSubstr("reader"),
                    HasSubstr("ask the server's operator")));
  EXPECT_TRUE((*rules)->AuthorizeSome(alice, ProtectedRpc::kExplain).ok());
  EXPECT_TRUE(absl::IsPermissionDenied((*rules)->AuthorizeSome(alice, ProtectedRpc::kListModels)));
}

TEST(AccessRulesTest, SeveralRolesGiveTheMostOfThoseThatGrantTheCall) {
  const auto rules = Rules(TokenEntry("carol", "c", R"("reader", "labeller", "auditor")"));
  ASSERT_TRUE(rules.ok());
  const Principal& carol = **(*rules)->Identify(Bearer("Bearer c"), ProtectedRpc::kExplain, kNow);
  const auto digits = (*rules)->Authorize(carol, ProtectedRpc::kExplain, "digits");
  ASSERT_TRUE(digits.ok());
  EXPECT_EQ(digits->disclosure, v1::DISCLOSURE_LABELS);
  EXPECT_FALSE(digits->membership_budget.has_value());
  const auto letters = (*rules)->Authorize(carol, ProtectedRpc::kExplain, "letters");
  ASSERT_TRUE(letters.ok());
  EXPECT_EQ(letters->disclosure, v1::DISCLOSURE_CONTENT);
  ASSERT_TRUE(letters->membership_budget.has_value());
  EXPECT_EQ(letters->membership_budget->queries, 9);
  EXPECT_EQ(letters->membership_budget->window, absl::Hours(24));
}

TEST(AccessRulesTest, RefusesPoliciesThatMeanNothing) {
  const struct {
    const char* policy;
    const char* message;
  } kRows[] = {
      {R"({"roles": [{"grants": []}]})", "a role has no name"},
      {R"({"roles": [{"name": "a"}, {"name": "a"}]})", "role \"a\" is there twice"},
      {R"({"roles": [{"name": "a", "grants": [{"rpcs": ["explain"], "models": ["*"]}]}]})",
       "no call is named \"explain\""},
      {R"({"roles": [{"name": "a", "grants": [{"rpcs": ["Explain"]}]}]})", "0 models"},
      {R"({"roles": [{"name": "a", "membership_budget": {"queries": 0}}]})", "0 queries"},
      {R"({"roles": [{"name": "a", "membership_budget": {"queries": 1, "window": "315360000000s"}}]})",
       "expected at least 1 in 1s to 87840h"},
      {R"({"roles": [{"name": "a"}], "certificates": [{"name": "c", "roles": ["a"]}]})",
       "expected a subject"},
      {R"({"certificates": [{"name": "c", "subject": "CN=c", "roles": ["b"]}]})",
       "its role \"b\" is not among"},
      {R"({"rolls": []})", "rolls"},
      {"{", "not the JSON of a provnet.v1.AccessPolicy"},
  };
  for (const auto& row : kRows) {
    const absl::Status status = Rules("", row.policy).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << row.policy;
    EXPECT_THAT(std::string(status.message()), HasSubstr(row.message)) << row.policy;
  }
}

TEST(AccessRulesTest, RefusesTokensThatMeanNothingAndShowsNoneOfThem) {
  const absl::Status plain =
      Rules(R"({"name": "a", "sha256": "my-plain-token", "roles": ["reader"]})").status();
  EXPECT_THAT(std::string(plain.message()),
              AllOf(HasSubstr("tokens[0] \"a\""), HasSubstr("14 characters"),
                    Not(HasSubstr("my-plain-token"))));
  const std::string entry = TokenEntry("a", "t", "\"reader\"");
  EXPECT_THAT(std::string(Rules(absl::StrCat(entry, ",", entry)).status().message()),
              HasSubstr("tokens[1] \"a\": its sha256 is there twice"));
  EXPECT_THAT(std::string(Rules(TokenEntry("a", "t", "")).status().message()),
              HasSubstr("it has no roles"));
}

}  // namespace
}  // namespace provnet
