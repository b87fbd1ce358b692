#include "server/service/flag_parsing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"

ABSL_FLAG(int, flag_test_count, 5, "how many");
ABSL_FLAG(std::string, flag_test_name, "x", "what to call it");

namespace provnet {
namespace {

constexpr char kHere[] = "flag_parsing_test.cc";

TEST(FlagParsingTest, SetsFlagsSpelledWithDashes) {
  const std::vector<std::string> typed = {"--flag-test-count=7", "--flag_test_name=a=b"};
  ASSERT_TRUE(ParseFlags(typed, kHere).ok());
  EXPECT_EQ(absl::GetFlag(FLAGS_flag_test_count), 7);
  EXPECT_EQ(absl::GetFlag(FLAGS_flag_test_name), "a=b");
}

TEST(FlagParsingTest, NamesWhatIsWrong) {
  const std::pair<const char*, const char*> rows[] = {
      {"--flag-test-count=many", "--flag-test-count=many makes no sense: expected a whole number"},
      {"--no-such-flag=1", "unknown flag --no-such-flag"},
      {"stray", "argument is \"stray\""},
      // A flag of a library that we link.
      {"--flagfile=x", "unknown flag --flagfile"},
  };
  for (const auto& [argument, want] : rows) {
    const absl::Status status = ParseFlags(std::vector<std::string>{argument}, kHere).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), testing::HasSubstr(want));
  }
}

TEST(FlagParsingTest, HelpShowsOurFlagsOnly) {
  const std::string help = FlagsHelp(kHere);
  EXPECT_THAT(help, testing::HasSubstr("--flag-test-count=5\n      how many\n"));
  EXPECT_THAT(help, testing::Not(testing::HasSubstr("flagfile")));
}

}  // namespace
}  // namespace provnet
