#include "trainer/experiments/plot_script.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "trainer/experiments/bar_script.h"
#include "trainer/experiments/script_parts.h"

namespace provnet {
namespace {

constexpr int kHeight = 420;

// One line a point: x, y, deviation.
std::string DataBlock(const Series& series, bool log_x, size_t index) {
  std::string block = absl::StrCat("$data", index, " << END_OF_DATA\n");
  for (size_t i = 0; i < std::min(series.x.size(), series.y.size()); ++i) {
    const double error = i < series.y_error.size() ? series.y_error[i] : 0;
    const bool drawable = std::isfinite(series.x[i]) && std::isfinite(series.y[i]) &&
                          std::isfinite(error) && (!log_x || series.x[i] > 0);
    if (!drawable) continue;
    absl::StrAppendFormat(&block, "%.9g %.9g %.9g\n", series.x[i], series.y[i], error);
  }
  return absl::StrCat(block, "END_OF_DATA\n");
}

// How to draw a series: with bars where there are deviations, and with a mark at each point unless
// there are too many to tell apart.
std::string Style(const Series& series, size_t index) {
  constexpr size_t kMostMarks = 40;
  const std::string marks = absl::StrCat(" pointsize 0.6 pointtype ", 4 + index % 10);
  if (!series.y_error.empty()) return absl::StrCat("yerrorlines", marks);
  return series.x.size() > kMostMarks ? "lines" : absl::StrCat("linespoints", marks);
}

std::string Curve(const Series& series, size_t index) {
  return absl::StrCat("$data", index, " using 1:2", series.y_error.empty() ? "" : ":3", " title ",
                      QuotedForGnuplot(series.name), " with ", Style(series, index),
                      " linewidth 2 linecolor rgb '", PlotColor(index), "'");
}

}  // namespace

std::string PlotScript(const Plot& plot, absl::string_view name,
                       const std::filesystem::path& output) {
  std::string script = absl::StrCat(
      "set terminal svg noenhanced size 720,",
      plot.bar_names.empty() ? kHeight : BarPlotHeight(plot),
      " dynamic font 'sans-serif,13' name '", name, "'\n", "set output ",
      QuotedForGnuplot(output.string()), "\nset encoding utf8\n",
      "set border 3 linecolor rgb 'gray50'\nset tics nomirror\nset grid linecolor rgb 'gray50' ",
      "linewidth 0.3\nset key outside bottom center horizontal Left reverse maxrows 4\n",
      "set autoscale fix\nset offsets graph 0.02, graph 0.02, graph 0.05, graph 0.05\nset title ",
      QuotedForGnuplot(plot.title), "\nset xlabel ", QuotedForGnuplot(plot.x_label),
      " offset 0,0.5\nset ylabel ", QuotedForGnuplot(plot.y_label), "\n",
      plot.log_x ? "set logscale x\n" : "");
  if (!plot.bar_names.empty()) return absl::StrCat(script, BarCommands(plot));
  std::vector<std::string> curves;
  for (size_t i = 0; i < plot.series.size(); ++i) {
    absl::StrAppend(&script, DataBlock(plot.series[i], plot.log_x, i));
    curves.push_back(Curve(plot.series[i], i));
  }
  return absl::StrCat(script, "plot ", absl::StrJoin(curves, ", \\\n  "), "\n");
}

}  // namespace provnet
