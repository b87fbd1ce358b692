#include "trainer/experiments/gnuplot.h"

#include <gmock/gmock.h>
#include <stdlib.h>

#include <cmath>

#include "absl/strings/match.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"
#include "tests/trainer/experiments/result_fixtures.h"
#include "trainer/experiments/plot_script.h"

namespace provnet {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// Other values of PATH for a scope.
class SearchPath {
 public:
  explicit SearchPath(const std::string& value) { setenv("PATH", value.c_str(), 1); }
  ~SearchPath() { setenv("PATH", old_.c_str(), 1); }

 private:
  const std::string old_ = getenv("PATH");
};

class GnuplotTest : public ::testing::Test {
 protected:
  // The picture of `plot`; skips the test where gnuplot is not installed.
  std::string Draw(const Plot& plot) {
    const auto picture = DrawPlot(plot, "plot0");
    EXPECT_TRUE(picture.ok()) << picture.status();
    return picture.value_or("");
  }
  void SetUp() override {
    if (absl::IsNotFound(DrawPlot(plot_, "plot0").status())) GTEST_SKIP() << "needs gnuplot";
  }

  Plot plot_ = SmallRecord().result.plots[0];
};

TEST_F(GnuplotTest, DrawsAnElementForAPageWithTheTextsAsTheyAre) {
  const std::string picture = Draw(plot_);
  EXPECT_THAT(picture, StartsWith("<svg"));
  EXPECT_EQ(picture.substr(picture.size() - 6), "</svg>");
  for (const char* text :
       {"It's a 'plot'; set output `x` &lt;svg", "samples", "first_one", "other", "plot0_plot_1"}) {
    EXPECT_TRUE(absl::StrContains(picture, text)) << text;
  }
}

TEST_F(GnuplotTest, DrawsBarsWhereThereAreDeviations) {
  Plot plain = plot_;
  plain.series[0].y_error.clear();
  EXPECT_GT(Draw(plot_).size(), Draw(plain).size());
}

TEST_F(GnuplotTest, DrawsConstantsAndSinglePoints) {
  plot_.series = {{.name = "one", .x = {5}, .y = {0}, .y_error = {}}};
  EXPECT_THAT(Draw(plot_), HasSubstr("one"));
}

TEST_F(GnuplotTest, RefusesAPlotWithoutPoints) {
  plot_.series = {{.name = "none", .x = {}, .y = {}, .y_error = {}}};
  EXPECT_THAT(DrawPlot(plot_, "plot0"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no points")));
}

TEST(GnuplotAbsent, IsNotFound) {
  const TempDir empty;
  const SearchPath nowhere(empty.path().string());
  EXPECT_THAT(DrawPlot(SmallRecord().result.plots[0], "plot0"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("gnuplot is not installed")));
}

TEST(PlotScript, KeepsTextsFromBeingCommands) {
  Plot plot = SmallRecord().result.plots[0];
  plot.title = "a'\nset output 'elsewhere";
  EXPECT_THAT(PlotScript(plot, "p", "out.svg"),
              HasSubstr("set title 'a'' set output ''elsewhere'\n"));
}

TEST(PlotScript, LeavesOutPointsThatCannotBeDrawn) {
  Plot plot{.title = "", .x_label = "", .y_label = "", .log_x = true, .series = {}};
  plot.series = {{.name = "s", .x = {0, 1, 2}, .y = {7, std::nan(""), 3}, .y_error = {}}};
  const std::string script = PlotScript(plot, "p", "out.svg");
  EXPECT_THAT(script, HasSubstr("END_OF_DATA\n2 3 0\nEND_OF_DATA"));
  EXPECT_THAT(script, HasSubstr("set logscale x"));
  plot.log_x = false;
  EXPECT_THAT(PlotScript(plot, "p", "out.svg"), HasSubstr("END_OF_DATA\n0 7 0\n2 3 0\n"));
  EXPECT_THAT(PlotScript(plot, "p", "out.svg"), Not(HasSubstr("set logscale x")));
}

Plot SmallBars() {
  Plot plot{.title = "t", .x_label = "", .y_label = "score", .series = {}};
  plot.series = {{.name = "ours", .x = {0}, .y = {0.5}, .y_error = {}},
                 {.name = "none", .x = {}, .y = {}, .y_error = {}},
                 {.name = "theirs", .x = {1}, .y = {-0.25}, .y_error = {}}};
  plot.series[0].y_low = {0.4};
  plot.series[0].y_high = {0.7};
  plot.bar_names = {"first 'bar'", "second"};
  plot.limit = 0.8;
  plot.limit_name = "ceiling";
  return plot;
}

TEST(PlotScript, DrawsNamedBarsWithIntervalsAndALimit) {
  const std::string script = PlotScript(SmallBars(), "p", "out.svg");
  for (const char* text : {"set ytics ('first ''bar''' 0, 'second' 1)", "\n0.5 0 0.4 0.7\n",
                           "\n-0.25 1 -0.25 -0.25\n", "set xlabel 'score'", "\n0.8 -0.6\n"}) {
    EXPECT_THAT(script, HasSubstr(text));
  }
  EXPECT_THAT(script, Not(HasSubstr("'none'")));
}

TEST(PlotScript, GivesEachBarItsHeight) {
  Plot plot = SmallBars();
  const auto size = [&] {
    const std::string script = PlotScript(plot, "p", "out.svg");
    return script.substr(0, script.find("dynamic"));
  };
  const std::string two = size();
  plot.bar_names.resize(30, "more");
  EXPECT_NE(size(), two);
}

TEST_F(GnuplotTest, DrawsBars) {
  const std::string picture = Draw(SmallBars());
  for (const char* text : {"first 'bar'", "second", "ours", "theirs", "ceiling"}) {
    EXPECT_TRUE(absl::StrContains(picture, text)) << text;
  }
}

}  // namespace
}  // namespace provnet
