#include "client/cli/explanation_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "client/cli/picture.h"

namespace provnet {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Left half white, right half black.
v1::SampleRecord Halves() {
  v1::SampleRecord record;
  record.set_content_type(kTensorContentType);
  for (int y = 0; y < 8; ++y)
    *record.mutable_content() += std::string(4, '\xff') + std::string(4, '\0');
  record.mutable_tensor_spec()->set_data_type(v1::DATA_TYPE_UINT8);
  for (uint32_t extent : {1, 8, 8}) record.mutable_tensor_spec()->add_shape(extent);
  return record;
}

Explanation Example() {
  v1::ExplainResponse response;
  response.mutable_model()->set_name("digits");
  response.mutable_model()->set_version(3);
  response.mutable_predicted()->set_id(7);
  response.mutable_predicted()->set_name("seven");
  response.mutable_predicted()->set_probability(0.998F);
  v1::Exemplar& exemplar = *response.add_provenance();
  exemplar.set_sample_index(1234);
  exemplar.set_rank(1);
  exemplar.set_score(0.25F);
  exemplar.set_label(7);
  exemplar.set_label_name("seven");
  *exemplar.mutable_sample() = Halves();
  response.set_label_agreement(1);
  return {"a.png", Input{"a.png", Halves(), 7}, response};
}

Terminal Plain(size_t columns, bool utf8 = true) {
  return {Terminal::Colour::kNone, utf8, columns};
}

TEST(ExplanationTextTest, DrawsInputAndExemplarsWithoutColour) {
  // Releases of chafa differ in the last column.
  std::vector<std::string> lines = absl::StrSplit(ExplanationText(Example(), {}, Plain(18)), '\n');
  for (std::string& line : lines) {
    if (absl::StartsWith(line, "█████") && DisplayWidth(line) == 6) line = "██";
  }
  EXPECT_EQ(absl::StrJoin(lines, "\n"),
            "a.png → seven  99.8 %  ✓ right  1 of 1 exemplars agree  digits/3\n"
            "██\n██\n██\n██\n██\n██\n"
            "input\n"
            "██\n██\n██\n██\n██\n██\n"
            "1. seven\n25.0 %\n#1234\n\n");
}

TEST(ExplanationTextTest, PutsFiguresSideBySideWhereTheyFit) {
  const std::string text = ExplanationText(Example(), {}, Plain(60));
  EXPECT_THAT(text, HasSubstr("input                     1. seven\n"));
  for (absl::string_view line : absl::StrSplit(text, '\n'))
    EXPECT_LE(DisplayWidth(line), 64) << line;
}

TEST(ExplanationTextTest, StaysWithinAsciiWhereTheLocaleDoes) {
  for (char c : ExplanationText(Example(), {}, Plain(60, false)))
    EXPECT_LT(static_cast<unsigned char>(c), 128);
}

TEST(ExplanationTextTest, MarksAWrongPrediction) {
  Explanation explanation = Example();
  explanation.input->true_label = 1;
  EXPECT_THAT(ExplanationText(explanation, {}, Plain(60)), HasSubstr("WRONG, is 1"));
}

TEST(ExplanationTextTest, CountsNoLabelsThatWereHeldBack) {
  Explanation explanation = Example();
  explanation.response->set_disclosure(v1::DISCLOSURE_INDICES);
  explanation.response->clear_label_agreement();
  EXPECT_FALSE(explanation.low_agreement());
  const std::string text = ExplanationText(explanation, {}, Plain(60));
  EXPECT_THAT(text, HasSubstr("  1 exemplars  "));
  EXPECT_THAT(text, Not(HasSubstr("agree")));
}

// The text without its line breaks and padding, as it is read across one figure's lines.
std::string Unwrapped(const std::string& text) {
  return absl::StrJoin(absl::StrSplit(text, absl::ByAnyChar(" \n"), absl::SkipEmpty()), " ");
}

TEST(ExplanationTextTest, SaysWhyASampleIsNotShown) {
  const std::pair<absl::StatusCode, std::string> rows[] = {
      {absl::StatusCode::kPermissionDenied, "withheld: your role shows indices only"},
      {absl::StatusCode::kDataLoss, "damaged: checksum of sample 1234 differs"},
      {absl::StatusCode::kResourceExhausted, "not shown: the response is full"},
  };
  for (const auto& [code, reason] : rows) {
    Explanation explanation = Example();
    v1::Exemplar& exemplar = *explanation.response->mutable_provenance(0);
    exemplar.clear_sample();
    exemplar.mutable_error()->set_code(static_cast<int>(code));
    exemplar.mutable_error()->set_message(reason.substr(reason.find(": ") + 2));
    // One figure in a row.
    EXPECT_THAT(Unwrapped(ExplanationText(explanation, {}, Plain(18))), HasSubstr(reason));
  }
}

TEST(ExplanationTextTest, CutsAReasonThatFindsNoRoom) {
  Explanation explanation = Example();
  explanation.response->mutable_provenance(0)->clear_sample();
  explanation.response->mutable_provenance(0)->mutable_error()->set_code(13);
  explanation.response->mutable_provenance(0)->mutable_error()->set_message(
      absl::StrJoin(std::vector<std::string>(100, "word"), " "));
  const std::string text = ExplanationText(explanation, {}, Plain(18));
  EXPECT_THAT(text, HasSubstr("not shown:\nword word\n"));
  EXPECT_THAT(text, HasSubstr("…\n1. seven"));
}

TEST(ExplanationTextTest, SaysWhyAPictureCannotBeDrawn) {
  Explanation explanation = Example();
  explanation.response->mutable_provenance(0)->mutable_sample()->set_content_type("text/plain");
  EXPECT_THAT(Unwrapped(ExplanationText(explanation, {}, Plain(18))),
              HasSubstr("in no known format"));
}

TEST(ExplanationTextTest, LetsNoEscapeSequenceThrough) {
  Explanation explanation = Example();
  explanation.name = "evil\033]0;owned\007.png";
  explanation.response->mutable_predicted()->set_name("\033[31m");
  const std::string text = ExplanationText(explanation, {}, Plain(60));
  EXPECT_THAT(text, Not(HasSubstr("\033")));
  EXPECT_THAT(text, HasSubstr("evil?]0;owned?.png"));
}

TEST(ExplanationTextTest, UsesColourWhereThereIsSome) {
  Terminal terminal = Plain(60);
  terminal.colour = Terminal::Colour::kTrue;
  EXPECT_THAT(ExplanationText(Example(), {}, terminal), HasSubstr("\033[38;2;255;255;255"));
}

TEST(TerminalTest, CutsTextByItsWidth) {
  const Terminal terminal = Plain(80);
  EXPECT_EQ(DisplayWidth("数字"), 4);
  EXPECT_EQ(Shortened(terminal, "abcdef", 6), "abcdef");
  EXPECT_EQ(Shortened(terminal, "abcdef", 4), "abc…");
  EXPECT_EQ(Shortened(terminal, "数字数字", 5), "数字…");
  EXPECT_EQ(Shortened(terminal, "abcdef", 0), "");
  EXPECT_EQ(Printable("a\xff\nb"), "a\uFFFD?b");
}

}  // namespace
}  // namespace provnet
