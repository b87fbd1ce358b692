#include "client/cli/html_card.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "client/cli/picture.h"
#include "client/cli/terminal.h"

namespace provnet {
namespace {

// `label` is escaped already.
std::string ImageTag(const v1::SampleRecord& record, absl::string_view label) {
  absl::StatusOr<Media> media = MediaOf(record);
  if (!media.ok()) {
    return absl::StrCat("<div class=\"nopicture\" role=\"img\" aria-label=\"", label,
                        ", not shown\">", HtmlEscaped(media.status().message()), "</div>");
  }
  return absl::StrCat("<img alt=\"", label, "\" src=\"data:", media->type, ";base64,",
                      absl::Base64Escape(media->bytes), "\" />");
}

// A bar for a share of 0 .. 1. Decoration: the figure stands beside it as text.
std::string Bar(double share) {
  return absl::StrFormat(
      "<span class=\"bar\" aria-hidden=\"true\"><span style=\"width:%.2f%%\"></span></span>",
      std::clamp(share, 0.0, 1.0) * 100);
}

std::string Percentage(double share) { return HtmlEscaped(Percent(share)); }

std::string TruthChip(const Explanation& explanation, const v1::BundleManifest& manifest) {
  if (!explanation.true_label().has_value()) return "";
  const std::string name = HtmlEscaped(ClassName(manifest, *explanation.true_label()));
  if (explanation.wrong())
    return absl::StrCat("<p class=\"chip bad\">&#10007; true label: ", name, "</p>");
  return absl::StrCat("<p class=\"chip good\">&#10003; true label: ", name, "</p>");
}

std::string AgreementChip(const Explanation& explanation) {
  const int total = explanation.response->provenance_size();
  if (!explanation.shows_labels())
    return absl::StrFormat("<p class=\"chip plain\">%d exemplars, labels not disclosed</p>", total);
  return absl::StrFormat("<p class=\"chip %s\">%d of %d exemplars agree</p>",
                         explanation.low_agreement() ? "warn" : "plain", explanation.agreeing(),
                         total);
}

std::string InputPart(const Explanation& explanation, const v1::BundleManifest& manifest) {
  const v1::ClassProbability& predicted = explanation.response->predicted();
  const std::string name = HtmlEscaped(explanation.name);
  return absl::StrCat("<div class=\"input\">",
                      explanation.input.has_value()
                          ? ImageTag(explanation.input->record, absl::StrCat("input ", name))
                          : "",
                      "<div class=\"facts\"><h2>", name,
                      "</h2><p class=\"class\"><span class=\"k\">predicted</span> <strong>",
                      HtmlEscaped(predicted.name()), "</strong> <span class=\"share\">",
                      Percentage(predicted.probability()), "</span></p>",
                      Bar(predicted.probability()), "<div class=\"chips\">",
                      TruthChip(explanation, manifest), AgreementChip(explanation),
                      "</div></div></div>\n");
}

// `other` is whether its label is known to differ from the predicted one.
std::string ExemplarPart(const v1::Exemplar& exemplar, bool other) {
  const std::string label = HtmlEscaped(exemplar.label_name());
  const std::string alt = absl::StrCat("exemplar ", exemplar.rank(), ": training sample ",
                                       exemplar.sample_index(), ", class ", label);
  const std::string source = HtmlEscaped(exemplar.sample().source_id());
  std::string picture;
  if (exemplar.has_sample()) {
    picture = ImageTag(exemplar.sample(), alt);
  } else {
    picture = absl::StrCat("<div class=\"nopicture\">", HtmlEscaped(NotShown(exemplar)), "</div>");
  }
  return absl::StrCat("<li", other ? " class=\"other\"" : "", ">", picture,
                      "<p class=\"class\"><span class=\"rank\">", exemplar.rank(),
                      "</span><strong>", label, "</strong><span class=\"share\">",
                      Percentage(exemplar.score()), "</span></p>", Bar(exemplar.score()),
                      "<p class=\"source\">sample ", exemplar.sample_index(),
                      "<br /><span title=\"", source, "\">", source, "</span></p></li>\n");
}

std::string ErrorCard(const Explanation& explanation) {
  const absl::Status& status = explanation.response.status();
  return absl::StrCat("<article class=\"card failed\" data-failed=\"1\"><h2>",
                      HtmlEscaped(explanation.name), "</h2><p class=\"chip bad\">",
                      absl::StatusCodeToString(status.code()), "</p><p>",
                      HtmlEscaped(status.message()), "</p></article>\n");
}

}  // namespace

std::string HtmlEscaped(absl::string_view text) {
  return absl::StrReplaceAll(
      Printable(text),
      {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}});
}

std::string HtmlCard(const Explanation& explanation, const v1::BundleManifest& manifest) {
  if (!explanation.response.ok()) return ErrorCard(explanation);
  const v1::ExplainResponse& response = *explanation.response;
  std::string card = absl::StrCat("<article class=\"card", explanation.wrong() ? " wrong" : "",
                                  "\"", explanation.wrong() ? " data-wrong=\"1\"" : "",
                                  explanation.low_agreement() ? " data-low=\"1\"" : "", ">",
                                  InputPart(explanation, manifest), "<ol class=\"exemplars\">\n");
  for (const v1::Exemplar& exemplar : response.provenance()) {
    const bool other = explanation.shows_labels() && exemplar.label() != response.predicted().id();
    absl::StrAppend(&card, ExemplarPart(exemplar, other));
  }
  return absl::StrCat(card, "</ol></article>\n");
}

}  // namespace provnet
