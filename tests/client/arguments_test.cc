#include "client/cli/arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/reflection.h"
#include "client/cli/flags.h"

namespace provnet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

constexpr absl::string_view kAllowed[] = {"top_k", "png", "json", "model_version", "timeout"};

TEST(ArgumentsTest, SetsFlagsInEverySpelling) {
  absl::FlagSaver saver;
  const std::vector<std::string> args = {"a", "--top-k=7",    "--png",  "--version", "4",
                                         "-", "--timeout=3s", "--json", "b"};
  absl::StatusOr<Arguments> parsed = ParseArguments(args, kAllowed);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_THAT(parsed->positional, ElementsAre("a", "-", "b"));
  EXPECT_THAT(parsed->flags,
              UnorderedElementsAre("top_k", "png", "model_version", "timeout", "json"));
  EXPECT_FALSE(parsed->help);
  EXPECT_EQ(absl::GetFlag(FLAGS_top_k), 7);
  EXPECT_TRUE(absl::GetFlag(FLAGS_png));
  EXPECT_EQ(absl::GetFlag(FLAGS_model_version), 4);
  EXPECT_EQ(absl::GetFlag(FLAGS_timeout), absl::Seconds(3));
  EXPECT_EQ(absl::GetFlag(FLAGS_json), "-");
}

TEST(ArgumentsTest, TakesUnderscoresNegationAndTheEndOfFlags) {
  absl::FlagSaver saver;
  const std::vector<std::string> args = {"--png",           "--no-png", "--top_k",  "9",
                                         "--json=out.json", "--",       "--top-k=1"};
  absl::StatusOr<Arguments> parsed = ParseArguments(args, kAllowed);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_THAT(parsed->positional, ElementsAre("--top-k=1"));
  EXPECT_FALSE(absl::GetFlag(FLAGS_png));
  EXPECT_EQ(absl::GetFlag(FLAGS_top_k), 9);
  EXPECT_EQ(absl::GetFlag(FLAGS_json), "out.json");
}

TEST(ArgumentsTest, NamesWhatIsWrong) {
  absl::FlagSaver saver;
  const std::pair<std::vector<std::string>, std::string> rows[] = {
      {{"--nonsense"}, "unknown flag --nonsense"},
      {{"--html=x"}, "unknown flag --html"},
      {{"-k"}, "unknown flag -k"},
      {{"--no-top-k"}, "unknown flag --no-top-k"},
      {{"--top-k"}, "--top-k lacks its value"},
      {{"--top-k=many"}, "--top-k=many can't be read"},
      {{"--timeout=5"},
       "--timeout=5 can't be read; expected a time with its unit, for example 5s or 500ms"},
      {{"--top_k=x"}, "--top_k=x can't be read; expected a whole number, 0 .. 4294967295"},
      {{"--model-version=x"}, "--model-version=x can't be read; expected a whole number from 0 on"},
      {{"--version", "x"}, "--version=x can't be read"},
      {{"--png=maybe"}, "--png=maybe can't be read; expected true or false"},
      {{"--json="}, "--json has an empty value; give it one"},
      {{"--top-k", "--png"}, "--top-k lacks its value"},
  };
  for (const auto& [args, message] : rows) {
    absl::Status status = ParseArguments(args, kAllowed).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << message;
    EXPECT_THAT(std::string(status.message()), HasSubstr(message));
  }
}

TEST(ArgumentsTest, SeesACallForHelp) {
  EXPECT_TRUE(ParseArguments(std::vector<std::string>{"x", "--help"}, kAllowed)->help);
  EXPECT_TRUE(ParseArguments(std::vector<std::string>{"-h"}, kAllowed)->help);
}

}  // namespace
}  // namespace provnet
