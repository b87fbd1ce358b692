#include "trainer/experiments/result_page.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "tests/trainer/experiments/result_fixtures.h"

namespace provnet {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

absl::StatusOr<std::string> DrawNothing(const Plot&, absl::string_view) {
  return absl::NotFoundError("gnuplot is not <installed>");
}

TEST(ResultPage, ShowsTablesMetricsAndHowItWasMeasuredWithEveryTextEscaped) {
  const std::string page = ResultPage(SmallRecord(), DrawNothing);
  for (const char* text :
       {"<h1>heads</h1>", "compares &lt;heads&gt; &amp; more", "<td>&lt;embedding&gt;</td>",
        "A note &amp; more", "embedding/30/index_top1", "0.125", "What was done", "A CPU, 2 cores",
        "24.0 GiB", "LibTorch", "2023-11-14 22:13 UTC",
        "provnet-train experiment heads --dataset=glyphs:600"}) {
    EXPECT_THAT(page, HasSubstr(text));
  }
  EXPECT_THAT(page, Not(HasSubstr("<embedding>")));
  EXPECT_THAT(page, Not(HasSubstr("quick variant")));
}

TEST(ResultPage, ShowsTheVerdictBeforeTheFigures) {
  ResultRecord record = SmallRecord();
  record.result.verdict = "It is <so>.";
  const std::string page = ResultPage(record, DrawNothing);
  EXPECT_THAT(page, HasSubstr("It is &lt;so&gt;."));
  EXPECT_LT(page.find("It is &lt;so&gt;."), page.find("<table"));
}

TEST(ResultPage, SaysWhyAPictureIsMissing) {
  const std::string page = ResultPage(SmallRecord(), DrawNothing);
  EXPECT_THAT(page, HasSubstr("No picture: gnuplot is not &lt;installed&gt;"));
  EXPECT_THAT(page, HasSubstr("It&#39;s a &#39;plot&#39;"));
}

TEST(ResultPage, HoldsThePicturesUnderNamesOfTheirOwn) {
  ResultRecord record = SmallRecord();
  record.result.plots.push_back(record.result.plots[0]);
  const std::string page = ResultPage(record, [](const Plot&, absl::string_view name) {
    return absl::StrCat("<svg id=\"", name, "\"></svg>");
  });
  EXPECT_THAT(page, HasSubstr("<svg id=\"plot0\"></svg>"));
  EXPECT_THAT(page, HasSubstr("<svg id=\"plot1\"></svg>"));
}

TEST(ResultPage, LoadsNothingFromElsewhereAndFollowsTheReadersColourScheme) {
  const std::string page = ResultPage(SmallRecord(), DrawNothing);
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  EXPECT_THAT(page, HasSubstr("prefers-color-scheme: dark"));
  for (const char* reference : {"src=\"", "href=\"", "<script"}) {
    EXPECT_THAT(page, Not(HasSubstr(reference)));
  }
}

TEST(ResultPage, SaysThatQuickFiguresMeanLittle) {
  ResultRecord record = SmallRecord();
  record.options.quick = true;
  EXPECT_THAT(ResultPage(record, DrawNothing), HasSubstr("quick variant"));
}

}  // namespace
}  // namespace provnet
