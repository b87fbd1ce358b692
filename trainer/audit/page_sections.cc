#include "trainer/audit/page_sections.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "trainer/audit/html_text.h"
#include "trainer/audit/ranking_quality.h"

namespace provnet {
namespace {

// Evidence shown of each side.
constexpr size_t kShownNeighbours = 10;
// Of a larger group of duplicates, the first so many are shown.
constexpr size_t kShownMembers = 24;

const std::string& LabelName(const AuditReport& report, uint64_t row) {
  const Dataset& data = report.samples.data;
  return data.class_names[data.labels[row]];
}

// A picture with its label, its sample index and a remark.
std::string PictureItem(const AuditReport& report, uint64_t row, absl::string_view remark) {
  const std::string& name = LabelName(report, row);
  const std::string index = absl::StrCat(report.samples.sample_indices[row]);
  return absl::StrCat(
      "<li title=\"", EscapedHtml(report.samples.source_ids[row]), "\">",
      PictureTag(report.samples.data, row, absl::StrCat("sample ", index, ", label ", name)),
      "<strong>", EscapedHtml(name), "</strong><br />#", index, " ", remark, "</li>");
}

std::string Evidence(const AuditReport& report, uint64_t row) {
  const std::vector<Dissent> against = DissentAgainst(report, row);
  std::string items;
  for (size_t i = 0; i < std::min(against.size(), kShownNeighbours); ++i) {
    absl::StrAppend(&items, PictureItem(report, against[i].row,
                                        absl::StrFormat("%.3f", against[i].similarity)));
  }
  const size_t all = report.result.neighbours.k;
  return absl::StrCat("<div class=\"against\"><p class=\"source\">", against.size(), " of the ",
                      all, " most similar samples have another label</p><ul class=\"evidence\">",
                      items, "</ul></div>");
}

// E.g. "7: 0.02 %".
std::string Probability(const AuditReport& report, uint64_t row, uint32_t label) {
  const double share = report.result.labels.probabilities.row(row)[label];
  return absl::StrCat(EscapedHtml(report.samples.data.class_names[label]), ": ",
                      share < 1e-4 ? "&lt; 0.01" : absl::StrFormat("%.2f", share * 100), " %");
}

std::string Card(const AuditReport& report, uint64_t row) {
  const BundleSamples& samples = report.samples;
  const Dataset& data = samples.data;
  const AuditResult& result = report.result;
  const uint32_t label = data.labels[row], suggested = result.labels.suggested[row];
  const std::string source = EscapedHtml(samples.source_ids[row]);
  const std::string labels =
      label == suggested
          ? EscapedHtml(data.class_names[label])
          : absl::StrCat("<s>", EscapedHtml(data.class_names[label]), "</s> &#8594; <span>",
                         EscapedHtml(data.class_names[suggested]), "</span>");
  return absl::StrCat(
      "<article class=\"card\" tabindex=\"-1\" data-index=\"", samples.sample_indices[row],
      "\" data-label=\"", label, "\" data-suggested=\"", suggested, "\" data-source=\"", source,
      "\" data-decision=\"\">",
      PictureTag(data, row, absl::StrCat("sample ", samples.sample_indices[row])),
      "<div><p class=\"labels\">", labels, "</p><p class=\"source\">",
      Probability(report, row, label),
      suggested == label ? "" : absl::StrCat(" &#183; ", Probability(report, row, suggested)),
      "<br />", "sample ", samples.sample_indices[row], " &#183; rank ", result.rank_of[row] + 1,
      "<br />", source,
      "</p><div class=\"decide\"><button type=\"button\" class=\"wrong\">Wrong</button>"
      "<select aria-label=\"Right class\"></select>"
      "<button type=\"button\" class=\"fine\">Fine</button>"
      "<button type=\"button\" class=\"unsure\">Unsure</button></div></div>",
      Evidence(report, row), "</article>\n");
}

std::string Group(const AuditReport& report, const std::vector<uint64_t>& group) {
  const bool conflict = LabelsConflict(report.samples.data, group);
  std::string items;
  for (size_t i = 0; i < std::min(group.size(), kShownMembers); ++i) {
    absl::StrAppend(&items, PictureItem(report, group[i], ""));
  }
  return absl::StrCat("<div class=\"group", conflict ? " conflict" : "", "\"><p>", group.size(),
                      " samples", conflict ? " <span class=\"chip\">labels differ</span>" : "",
                      "</p><ul class=\"pictures\">", items, "</ul></div>\n");
}

std::string Groups(const AuditReport& report, absl::string_view title,
                   std::vector<std::vector<uint64_t>> groups, uint64_t top) {
  std::stable_partition(groups.begin(), groups.end(), [&](const auto& group) {
    return LabelsConflict(report.samples.data, group);
  });
  const size_t shown = std::min<size_t>(groups.size(), top);
  std::string html =
      absl::StrCat("<h2>", title, ": ", groups.size(), " groups",
                   shown < groups.size() ? absl::StrCat(", ", shown, " shown") : "", "</h2>\n");
  for (size_t i = 0; i < shown; ++i) absl::StrAppend(&html, Group(report, groups[i]));
  return html;
}

}  // namespace

std::string LabelCards(const AuditReport& report, uint64_t top) {
  std::string html;
  for (size_t rank = 0; rank < std::min<size_t>(report.result.ranking.size(), top); ++rank) {
    absl::StrAppend(&html, Card(report, report.result.ranking[rank]));
  }
  return html;
}

std::string DuplicateGroups(const AuditReport& report, uint64_t top) {
  return absl::StrCat(
      Groups(report, "Exact duplicates", report.result.exact_duplicates, top),
      Groups(report, "Near duplicates", report.result.near_duplicate_groups, top),
      absl::StrFormat("<p class=\"hint\">Near duplicates: after a small shift and turn, less than "
                      "%.3f of the distance to other neighbours apart. Chance alone would bring "
                      "about one pair of the whole data set that close.</p>",
                      report.result.near_duplicates.threshold));
}

std::string OutlierPictures(const AuditReport& report, uint64_t top) {
  const Outliers& outliers = report.result.outliers;
  const std::vector<uint64_t> rows = RankDescending(outliers.scores);
  const size_t shown = std::min<size_t>(rows.size(), top);
  std::string html = absl::StrFormat(
      "<h2>Outliers: %d samples</h2><p class=\"hint\">Farther from their neighbours than %.2f "
      "times the median. Below are the %d farthest samples, with that number of times.</p>"
      "<ul class=\"pictures\">",
      OutlyingRows(report.result).size(), outliers.fence, shown);
  for (size_t i = 0; i < shown; ++i) {
    absl::StrAppend(
        &html, PictureItem(report, rows[i], absl::StrFormat("%.2f", outliers.scores[rows[i]])));
  }
  return absl::StrCat(html, "</ul>\n");
}

std::string ConfusionTable(const AuditReport& report) {
  const std::vector<std::string>& names = report.samples.data.class_names;
  std::string html = absl::StrFormat(
      "<h2>Given label (rows) by suggested label (columns)</h2><p class=\"hint\">Estimated numbers "
      "of samples, by confident learning; %.1f label errors in all.</p><div class=\"scroll\">"
      "<table><tr><th></th>",
      report.result.joint.estimated_errors);
  for (const std::string& name : names) absl::StrAppend(&html, "<th>", EscapedHtml(name), "</th>");
  for (size_t given = 0; given < names.size(); ++given) {
    absl::StrAppend(&html, "</tr>\n<tr><th>", EscapedHtml(names[given]), "</th>");
    for (size_t suggested = 0; suggested < names.size(); ++suggested) {
      const double value = report.result.joint.calibrated[given][suggested];
      absl::StrAppend(&html, "<td",
                      given == suggested ? " class=\"own\""
                      : value >= 0.5     ? " class=\"some\""
                                         : "",
                      ">", absl::StrFormat("%.1f", value), "</td>");
    }
  }
  return absl::StrCat(html, "</tr></table></div>\n");
}

}  // namespace provnet
