#include "trainer/audit/report_page.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "trainer/audit/html_text.h"
#include "trainer/audit/page_script.h"
#include "trainer/audit/page_sections.h"
#include "trainer/audit/page_style.h"

namespace provnet {
namespace {

std::string Tile(absl::string_view name, absl::string_view value) {
  return absl::StrCat("<div><dt>", name, "</dt><dd>", value, "</dd></div>\n");
}

std::string Warnings(const BundleSamples& samples) {
  std::string html;
  if (!samples.damage.empty()) {
    absl::StrAppend(&html, "<p class=\"warning\">", EscapedHtml(samples.damage), "</p>\n");
  }
  if (samples.damaged.empty()) return html;
  return absl::StrCat(html, "<p class=\"warning\">", samples.damaged.size(),
                      " samples could not be audited, the first: sample ",
                      samples.damaged.front().sample_index, ": ",
                      EscapedHtml(samples.damaged.front().reason), "</p>\n");
}

std::string Header(const AuditReport& report) {
  const v1::BundleManifest& manifest = report.samples.manifest;
  const AuditResult& result = report.result;
  return absl::StrCat(
      "<header>\n<h1>Audit of ", EscapedHtml(manifest.model()), " <small>version ",
      manifest.version(), "</small></h1>\n",
      "<p class=\"lead\">Training samples whose labels look wrong, with the samples that speak "
      "against them. Judged by models that saw neither the sample nor its duplicates.</p>\n",
      Warnings(report.samples), "<dl class=\"tiles\">\n",
      Tile("samples", absl::StrCat(report.samples.data.size())),
      Tile("label errors, estimated", absl::StrFormat("%.0f", result.joint.estimated_errors)),
      Tile("labels in doubt", absl::StrCat(result.issues)),
      Tile("exact duplicates", absl::StrCat(result.exact_duplicates.size(), " groups")),
      Tile("near duplicates", absl::StrCat(result.near_duplicate_groups.size(), " groups")),
      Tile("outliers", absl::StrCat(OutlyingRows(result).size())), "</dl>\n</header>\n");
}

std::string Tab(absl::string_view id, absl::string_view name, bool pressed) {
  return absl::StrCat("<button type=\"button\" data-tab=\"", id, "\" aria-pressed=\"",
                      pressed ? "true" : "false", "\">", name, "</button>\n");
}

std::string ClassFilter(const Dataset& data) {
  std::string options = "<option value=\"all\">all</option>";
  for (size_t c = 0; c < data.class_names.size(); ++c) {
    absl::StrAppend(&options, "<option value=\"", c, "\">", EscapedHtml(data.class_names[c]),
                    "</option>");
  }
  return absl::StrCat("<label>label <select id=\"by-class\">", options, "</select></label>\n");
}

std::string Toolbar(const AuditReport& report, uint64_t cards) {
  return absl::StrCat(
      "<div class=\"bar\"><div class=\"bar-inner\"><div class=\"row\">\n",
      Tab("labels", "Labels", true), Tab("duplicates", "Duplicates", false),
      Tab("outliers", "Outliers", false), Tab("confusion", "Confusion", false),
      "</div>\n<div class=\"row tools\" id=\"tools\">\n", ClassFilter(report.samples.data),
      "<label>show <select id=\"by-state\"><option value=\"all\">all</option>"
      "<option value=\"open\">not judged</option><option value=\"wrong\">wrong</option>"
      "<option value=\"fine\">fine</option><option value=\"unsure\">unsure</option>"
      "</select></label>\n<progress id=\"progress\" value=\"0\" max=\"",
      std::max<uint64_t>(cards, 1), "\"></progress><span id=\"count\">0 of ", cards,
      " judged</span>\n<span class=\"spacer\"></span>"
      "<button type=\"button\" id=\"save-json\">Save JSON</button>"
      "<button type=\"button\" id=\"save-csv\">Save CSV</button>"
      "<button type=\"button\" id=\"clear\">Clear</button>\n"
      "<span class=\"warning\" id=\"unsaved\" hidden=\"hidden\">This browser keeps no decisions: "
      "save them before you leave.</span>\n</div></div></div>\n");
}

constexpr char kKeys[] =
    "<p class=\"hint keys\"><kbd>j</kbd> <kbd>k</kbd> next, previous &#183; <kbd>w</kbd> wrong "
    "&#183; "
    "<kbd>f</kbd> fine &#183; <kbd>u</kbd> unsure &#183; <kbd>0</kbd>&#8211;<kbd>9</kbd> that "
    "class instead &#183; <kbd>Backspace</kbd> undo. Decisions stay in this browser.</p>\n";

// What the script reads; a "<" in a name must not end the element.
std::string ScriptData(const AuditReport& report) {
  const nlohmann::json data = {{"key", report.samples.digest},
                               {"classes", report.samples.data.class_names}};
  return absl::StrReplaceAll(data.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace),
                             {{"<", "\\u003c"}, {"&", "\\u0026"}});
}

}  // namespace

std::string AuditPage(const AuditReport& report, uint64_t top) {
  const uint64_t cards = std::min<uint64_t>(top, report.result.ranking.size());
  return absl::StrCat(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\" />\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\" />\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; "
      "style-src 'unsafe-inline'; script-src 'unsafe-inline'\" />\n<title>Audit of ",
      EscapedHtml(report.samples.manifest.model()), "</title>\n<style>", kAuditStyle,
      "</style>\n</head>\n<body>\n", Header(report), Toolbar(report, cards),
      "<main>\n<section id=\"labels\">\n", kKeys, LabelCards(report, top),
      "<p class=\"hint\" id=\"none\" hidden=\"hidden\">No label fits this choice.</p>\n</section>\n"
      "<section id=\"duplicates\" hidden=\"hidden\">\n",
      DuplicateGroups(report, top), "</section>\n<section id=\"outliers\" hidden=\"hidden\">\n",
      OutlierPictures(report, top), "</section>\n<section id=\"confusion\" hidden=\"hidden\">\n",
      ConfusionTable(report), "</section>\n</main>\n<footer>Made by provnet-train audit on ",
      absl::FormatTime("%Y-%m-%d %H:%M UTC", report.now, absl::UTCTimeZone()),
      ".</footer>\n<script type=\"application/json\" id=\"audit\">", ScriptData(report),
      "</script>\n<script>", kAuditScript, "</script>\n</body>\n</html>\n");
}

}  // namespace provnet
