#include "trainer/experiments/result_page.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "trainer/experiments/result_style.h"

namespace provnet {
namespace {

std::string Escaped(absl::string_view text) {
  return absl::StrReplaceAll(
      text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}});
}

std::string Row(absl::string_view tag, const std::vector<std::string>& cells) {
  std::string row = "<tr>";
  for (const std::string& cell : cells) {
    absl::StrAppend(&row, "<", tag, ">", Escaped(cell), "</", tag, ">");
  }
  return absl::StrCat(row, "</tr>\n");
}

// A table of numbers below its heading, or of words.
std::string TablePart(const ResultTable& table, bool words = false) {
  std::string part =
      absl::StrCat("<section>\n<h2>", Escaped(table.title),
                   words ? "</h2>\n<table class=\"words\">\n<thead>" : "</h2>\n<table>\n<thead>",
                   Row("th", table.columns), "</thead>\n<tbody>\n");
  for (const auto& row : table.rows) absl::StrAppend(&part, Row("td", row));
  absl::StrAppend(&part, "</tbody>\n</table>\n");
  if (!table.note.empty()) {
    absl::StrAppend(&part, "<p class=\"note\">", Escaped(table.note), "</p>\n");
  }
  return absl::StrCat(part, "</section>\n");
}

std::string PlotPart(const Plot& plot, size_t number, const PlotDrawer& draw) {
  const absl::StatusOr<std::string> picture = draw(plot, absl::StrCat("plot", number));
  return absl::StrCat("<section>\n",
                      picture.ok() ? *picture
                                   : absl::StrCat("<h2>", Escaped(plot.title),
                                                  "</h2>\n<p class=\"note\">No picture: ",
                                                  Escaped(picture.status().message()),
                                                  "; the numbers are in the JSON file.</p>"),
                      "\n</section>\n");
}

std::string MetricsPart(const Figures& metrics) {
  ResultTable table{.title = "All metrics", .columns = {"metric", "value"}, .rows = {}, .note = ""};
  for (const auto& [name, value] : metrics) {
    table.rows.push_back({name, absl::StrFormat("%.6g", value)});
  }
  return TablePart(table);
}

std::string ProvenancePart(const ResultRecord& record) {
  const Machine& machine = record.machine;
  ResultTable table{
      .title = "How this was measured",
      .columns = {"what", "value"},
      .rows = {{"command", record.command},
               {"data set", record.options.dataset},
               {"seed", absl::StrCat(record.options.seed)},
               {"threads", absl::StrCat(record.options.threads)},
               {"processor", absl::StrCat(machine.cpu, ", ", machine.cores, " cores")},
               {"memory", absl::StrFormat("%.1f GiB", static_cast<double>(machine.memory_bytes) /
                                                          (uint64_t{1} << 30))},
               {"system", machine.system},
               {"compiler", machine.compiler}},
      .note = ""};
  for (const auto& [name, version] : machine.libraries) table.rows.push_back({name, version});
  return TablePart(table, /*words=*/true);
}

}  // namespace

std::string ResultPage(const ResultRecord& record, const PlotDrawer& draw) {
  const std::string title = Escaped(record.experiment);
  std::string page = absl::StrCat(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\" />\n",
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\" />\n",
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ",
      "style-src 'unsafe-inline'\" />\n<title>ProvNet experiment: ", title, "</title>\n<style>",
      kResultStyle, "</style>\n</head>\n<body>\n<h1>", title, "</h1>\n<p class=\"soft\">",
      Escaped(record.summary), "</p>\n<p class=\"soft\">",
      absl::FormatTime("%Y-%m-%d %H:%M UTC", record.date, absl::UTCTimeZone()),
      record.options.quick ? " &#183; quick variant: it shows that the experiment works, and its "
                             "figures mean little"
                           : "",
      "</p>\n");
  if (!record.result.verdict.empty()) {
    absl::StrAppend(&page, "<section><p>", Escaped(record.result.verdict), "</p></section>\n");
  }
  for (const ResultTable& table : record.result.tables) absl::StrAppend(&page, TablePart(table));
  for (size_t i = 0; i < record.result.plots.size(); ++i) {
    absl::StrAppend(&page, PlotPart(record.result.plots[i], i, draw));
  }
  for (const std::string& note : record.result.notes) {
    absl::StrAppend(&page, "<p>", Escaped(note), "</p>\n");
  }
  return absl::StrCat(page, MetricsPart(record.result.metrics), ProvenancePart(record),
                      "</body>\n</html>\n");
}

}  // namespace provnet
