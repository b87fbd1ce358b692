#include "server/lifecycle/serving_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace provnet {
namespace {

using ::testing::HasSubstr;

TEST(ServingConfigTest, ReadsPolicyAndLabels) {
  const auto config = ParseServingConfig(R"({
    "version_policy": "latest:2",
    "labels": {"stable": {"version": 3, "share": 0.9}, "canary": {"version": "4", "share": 0.1}}
  })");
  ASSERT_THAT(config, IsOk());
  EXPECT_EQ(config->policy->latest, 2);
  EXPECT_EQ(config->labels.at("stable").version, 3);
  EXPECT_EQ(config->labels.at("canary").share, 0.1);
  EXPECT_FALSE(ParseServingConfig("{}")->policy.has_value());
}

TEST(ServingConfigTest, SaysWhatIsWrong) {
  const struct {
    const char* json;
    const char* message;
  } rows[] = {
      {"{", "no serving configuration in JSON"},
      {R"({"version_polcy": "latest:1"})", "version_polcy"},
      {R"({"version_policy": "latest:0"})", "latest:N"},
      {R"({"version_policy": "specific:1,x"})", "specific:V,V"},
      {R"({"labels": {"Stable": {"version": 1}}})", "\"Stable\""},
      {R"({"labels": {"stable": {}}})", "labels.stable.version is 0"},
      {R"({"labels": {"a": {"version": 1, "share": 1.5}}})", "labels.a.share is 1.5"},
      {R"({"labels": {"a": {"version": 1, "share": 0.5}}})", "add up to 0.5"},
  };
  for (const auto& row : rows) {
    EXPECT_THAT(ParseServingConfig(row.json),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(row.message)));
  }
}

TEST(ServingConfigTest, AFileThatIsNotThereIsAnEmptyText) {
  const TempDir folder;
  EXPECT_EQ(*ReadServingConfig(folder.path()), "");
  std::ofstream(folder / kServingConfigFile) << "{}";
  EXPECT_EQ(*ReadServingConfig(folder.path()), "{}");
}

TEST(VersionPolicyTest, ReadsBothForms) {
  EXPECT_EQ(ParseVersionPolicy("latest:64")->latest, 64);
  EXPECT_EQ(ParseVersionPolicy("specific:5,2")->specific, (std::set<uint64_t>{2, 5}));
  for (const char* wrong : {"", "latest", "latest:", "latest:65", "specific:", "specific:0", "all"})
    EXPECT_FALSE(ParseVersionPolicy(wrong).ok()) << wrong;
}

}  // namespace
}  // namespace provnet
