#include "storage/command_line/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/reflection.h"
#include "absl/types/optional.h"

ABSL_FLAG(uint32_t, top_k, 5, "");
ABSL_FLAG(bool, png, true, "");
ABSL_FLAG(std::string, json, "", "");
ABSL_FLAG(std::string, html, "", "");
ABSL_FLAG(uint64_t, model_version, 0, "");
ABSL_FLAG(absl::Duration, timeout, absl::Seconds(30), "");
ABSL_FLAG(absl::optional<double>, share, absl::nullopt, "");
ABSL_FLAG(int, shift, 0, "");

namespace provnet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

const KnownFlags& Known() {
  static const auto& known =
      *new KnownFlags{{"top_k", "png", "json", "model_version", "timeout", "share", "shift"},
                      {{"model_version", "version"}},
                      {{"json", "-"}}};
  return known;
}

absl::StatusOr<CommandLine> Parse(const std::vector<std::string>& typed) {
  return ParseCommandLine(typed, Known());
}

class CommandLineTest : public ::testing::Test {
 private:
  const absl::FlagSaver saver_;
};

TEST_F(CommandLineTest, SetsFlagsInEverySpelling) {
  const auto line = Parse({"a", "--top-k=7", "--png", "--version", "4", "-", "--timeout=3s",
                           "--json", "b", "--share=0.5", "--shift", "-2"});
  ASSERT_TRUE(line.ok()) << line.status();
  EXPECT_THAT(line->arguments, ElementsAre("a", "-", "b"));
  EXPECT_THAT(line->flags, UnorderedElementsAre("top_k", "png", "model_version", "timeout", "json",
                                                "share", "shift"));
  EXPECT_EQ(line->typed.size(), 12);
  EXPECT_FALSE(line->help);
  EXPECT_EQ(absl::GetFlag(FLAGS_top_k), 7);
  EXPECT_TRUE(absl::GetFlag(FLAGS_png));
  EXPECT_EQ(absl::GetFlag(FLAGS_model_version), 4);
  EXPECT_EQ(absl::GetFlag(FLAGS_timeout), absl::Seconds(3));
  EXPECT_EQ(absl::GetFlag(FLAGS_json), "-");
  EXPECT_EQ(absl::GetFlag(FLAGS_share), 0.5);
  EXPECT_EQ(absl::GetFlag(FLAGS_shift), -2);
}

TEST_F(CommandLineTest, TakesUnderscoresNegationAndTheEndOfFlags) {
  const auto line =
      Parse({"--png", "--no-png", "--top_k", "9", "--json=a=b", "-3", "--", "--top-k=1"});
  ASSERT_TRUE(line.ok()) << line.status();
  EXPECT_THAT(line->arguments, ElementsAre("-3", "--top-k=1"));
  EXPECT_FALSE(absl::GetFlag(FLAGS_png));
  EXPECT_EQ(absl::GetFlag(FLAGS_top_k), 9);
  EXPECT_EQ(absl::GetFlag(FLAGS_json), "a=b");
}

TEST_F(CommandLineTest, NamesWhatIsWrong) {
  const std::pair<std::vector<std::string>, std::string> rows[] = {
      {{"--nonsense"}, "unknown flag --nonsense"},
      {{"--html=x"}, "unknown flag --html"},
      {{"--flagfile=x"}, "unknown flag --flagfile"},
      {{"-k"}, "unknown flag -k; flags begin with two dashes"},
      {{"--no-top-k"}, "unknown flag --no-top-k"},
      {{"--top-k"}, "--top-k lacks its value: expected a whole number, 0 to 4294967295"},
      {{"--top-k", "--png"}, "--top-k lacks its value"},
      {{"--top-k=many"}, "--top-k=many makes no sense: expected a whole number"},
      {{"--top_k=x"}, "--top_k=x makes no sense"},
      {{"--top-k=-1"}, "--top-k=-1 makes no sense"},
      {{"--timeout=5"},
       "--timeout=5 makes no sense: expected a time with its unit, for example 5s or 500ms"},
      {{"--version", "x"},
       "--version=x makes no sense: expected a whole number, 0 to 184467440737"},
      {{"--png=maybe"}, "--png=maybe makes no sense: expected true or false"},
      {{"--share=half"}, "--share=half makes no sense: expected a number"},
      {{"--share="}, "--share has an empty value"},
      {{"--json="}, "--json has an empty value; give it one, or leave the flag out"},
  };
  for (const auto& [typed, message] : rows) {
    const absl::Status status = Parse(typed).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << message;
    EXPECT_THAT(std::string(status.message()), HasSubstr(message));
  }
}

TEST_F(CommandLineTest, SeesACallForHelp) {
  EXPECT_TRUE(Parse({"x", "--help"})->help);
  EXPECT_TRUE(Parse({"-h"})->help);
  EXPECT_TRUE(Parse({"--nonsense", "--help"})->help);
  EXPECT_FALSE(Parse({"--", "--help"})->help);
}

TEST_F(CommandLineTest, SpellsFlagsAsUsersDo) {
  EXPECT_EQ(FlagSpelling("top_k"), "--top-k");
  EXPECT_EQ(FlagSpelling("model_version", Known().spellings), "--version");
}

}  // namespace
}  // namespace provnet
