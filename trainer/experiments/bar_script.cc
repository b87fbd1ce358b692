#include "trainer/experiments/bar_script.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "trainer/experiments/script_parts.h"

namespace provnet {
namespace {

constexpr int kMargin = 130;
constexpr int kBarHeight = 17;

// One line a bar: length, position, low, high.
std::string DataBlock(const Series& series, size_t index) {
  std::string block = absl::StrCat("$data", index, " << END_OF_DATA\n");
  for (size_t i = 0; i < std::min(series.x.size(), series.y.size()); ++i) {
    const double low = i < series.y_low.size() ? series.y_low[i] : series.y[i];
    const double high = i < series.y_high.size() ? series.y_high[i] : series.y[i];
    if (!std::isfinite(series.y[i]) || !std::isfinite(low) || !std::isfinite(high)) continue;
    absl::StrAppendFormat(&block, "%.9g %.9g %.9g %.9g\n", series.y[i], series.x[i], low, high);
  }
  return absl::StrCat(block, "END_OF_DATA\n");
}

// A series' bars, from 0, and their intervals.
void AddBars(const Series& series, size_t index, std::vector<std::string>& parts) {
  if (series.x.empty()) return;
  parts.push_back(absl::StrCat(
      "$data", index, " using (0):2:(($1<0)?$1:0):(($1>0)?$1:0):($2-0.36):($2+0.36) title ",
      QuotedForGnuplot(series.name), " with boxxyerror fillstyle solid 0.75 ",
      "noborder linecolor rgb '", PlotColor(index), "'"));
  if (series.y_low.empty()) return;
  parts.push_back(absl::StrCat("$data", index,
                               " using 1:2:3:4 notitle with xerrorbars pointtype 0 linewidth 1.5 "
                               "linecolor rgb 'gray40'"));
}

}  // namespace

int BarPlotHeight(const Plot& plot) {
  return kMargin + kBarHeight * static_cast<int>(plot.bar_names.size());
}

std::string BarCommands(const Plot& plot) {
  const auto bars = static_cast<double>(plot.bar_names.size());
  std::vector<std::string> names;
  for (size_t i = 0; i < plot.bar_names.size(); ++i) {
    names.push_back(absl::StrCat(QuotedForGnuplot(plot.bar_names[i]), " ", i));
  }
  // The first bar on top.
  std::string script = absl::StrCat(
      "set key outside top center horizontal\nunset grid\nset grid xtics linecolor rgb 'gray50' "
      "linewidth 0.3\n",
      "set offsets 0, 0, 0, 0\nset yrange [", absl::StrFormat("%.9g", bars - 0.4), ":-0.6]\n",
      "set ytics (", absl::StrJoin(names, ", "), ") font ',11'\nset xlabel ",
      QuotedForGnuplot(plot.y_label), "\nset ylabel ", QuotedForGnuplot(plot.x_label), "\n");
  std::vector<std::string> parts;
  for (size_t i = 0; i < plot.series.size(); ++i) {
    absl::StrAppend(&script, DataBlock(plot.series[i], i));
    AddBars(plot.series[i], i, parts);
  }
  if (plot.limit) {
    absl::StrAppendFormat(&script, "$limit << END_OF_DATA\n%.9g -0.6\n%.9g %.9g\nEND_OF_DATA\n",
                          *plot.limit, *plot.limit, bars - 0.4);
    parts.push_back(absl::StrCat("$limit using 1:2 title ", QuotedForGnuplot(plot.limit_name),
                                 " with lines linewidth 2 dashtype 2 linecolor rgb 'gray50'"));
  }
  return absl::StrCat(script, "plot ", absl::StrJoin(parts, ", \\\n  "), "\n");
}

}  // namespace provnet
