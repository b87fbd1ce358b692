#include "client/cli/html_page.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "client/cli/html_card.h"
#include "client/cli/html_style.h"
#include "proto/head_name.h"

namespace provnet {
namespace {

std::string Tile(absl::string_view name, absl::string_view value) {
  return absl::StrCat("<div><dt>", name, "</dt><dd>", HtmlEscaped(value), "</dd></div>\n");
}

// A metric that was not measured is 0 in the manifest, and no tile.
std::string ShareTile(absl::string_view name, double share) {
  return share > 0 ? Tile(name, absl::StrFormat("%.2f %%", share * 100)) : "";
}

// 18,000 for 18000.
std::string Grouped(uint64_t number) {
  std::string grouped;
  const std::string digits = absl::StrCat(number);
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) grouped += ',';
    grouped += digits[i];
  }
  return grouped;
}

std::string FilterButton(absl::string_view show, absl::string_view name, size_t count,
                         bool pressed) {
  return absl::StrCat("<button type=\"button\" data-show=\"", show, "\" aria-pressed=\"",
                      pressed ? "true" : "false", "\"", count == 0 ? " disabled=\"disabled\"" : "",
                      ">", name, " (", count, ")</button>\n");
}

}  // namespace

void HtmlPage::Add(const Explanation& explanation) {
  ++inputs_;
  if (!explanation.response.ok()) ++failed_;
  if (explanation.response.ok() && explanation.true_label().has_value()) ++labelled_;
  if (explanation.wrong()) ++wrong_;
  if (explanation.low_agreement()) ++low_agreement_;
  absl::StrAppend(&cards_, HtmlCard(explanation, model_.manifest()));
}

std::string HtmlPage::Header() const {
  const v1::BundleManifest& manifest = model_.manifest();
  const v1::Metrics& metrics = manifest.metrics();
  const v1::ModelVersion& model = model_.info().model();
  return absl::StrCat(
      "<header>\n<h1>", HtmlEscaped(model.name().empty() ? "ProvNet" : model.name()), " <small>",
      model.version() > 0 ? absl::StrCat("version ", model.version()) : "",
      manifest.has_index_head()
          ? absl::StrCat(" &#183; ", HeadName(manifest.index_head().type()), " index head")
          : "",
      "</small></h1>\n",
      "<p class=\"lead\">What the model predicts for each input, and the training samples that "
      "support it, ",
      "as it named them in the same forward pass.</p>\n<dl class=\"tiles\">\n",
      manifest.sample_count() > 0 ? Tile("training samples", Grouped(manifest.sample_count())) : "",
      ShareTile("test accuracy", metrics.test_accuracy()),
      ShareTile("index top-1", metrics.index_top1()),
      ShareTile("index top-5", metrics.index_top5()),
      ShareTile("top-5, shifted 2 px", metrics.index_top5_shift2()),
      ShareTile("label agreement", metrics.label_agreement_top5()), "</dl>\n", Summary(),
      "</header>\n");
}

std::string HtmlPage::Summary() const {
  return absl::StrCat(
      "<nav aria-label=\"Filter\">\n", FilterButton("all", "All", inputs_, true),
      labelled_ > 0 ? FilterButton("wrong-only", "Wrong", wrong_, false) : "",
      FilterButton("low-only", "Low agreement", low_agreement_, false),
      labelled_ > 0
          ? absl::StrFormat("<span>%d of %d right</span>\n", labelled_ - wrong_, labelled_)
          : "",
      failed_ > 0 ? absl::StrFormat("<span class=\"chip bad\">%d failed</span>\n", failed_) : "",
      "</nav>\n");
}

std::string HtmlPage::Render() const {
  return absl::StrCat(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\" />\n",
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\" />\n",
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; ",
      "style-src 'unsafe-inline'; script-src 'unsafe-inline'\" />\n<title>ProvNet: ",
      HtmlEscaped(model_.info().model().name()), "</title>\n<style>", kHtmlStyle,
      "</style>\n</head>\n<body>\n", Header(), "<main class=\"all\">\n", cards_,
      "</main>\n<footer>Made by provnet on ",
      absl::FormatTime("%Y-%m-%d %H:%M UTC", now_, absl::UTCTimeZone()),
      ". Low agreement: fewer than four in five exemplars have the predicted "
      "class.</footer>\n<script>",
      kHtmlScript, "</script>\n</body>\n</html>\n");
}

}  // namespace provnet
