#include "client/cli/explanation_text.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "client/cli/picture.h"
#include "client/cli/terminal_picture.h"

namespace provnet {
namespace {

constexpr size_t kGap = 2;
constexpr size_t kMinColumns = 11;
constexpr size_t kMaxColumns = 24;

// How wide a picture is when `count` of them share the line: all fit if they can be kMinColumns
// wide.
size_t PictureColumns(size_t count, size_t line) {
  const size_t shared = (line + kGap) / std::max<size_t>(count, 1);
  return std::min(line, std::clamp(shared > kGap ? shared - kGap : 1, kMinColumns, kMaxColumns));
}

std::string PaddedTo(const Terminal& terminal, const std::string& text, size_t columns) {
  std::string shortened = Shortened(terminal, Printable(text), columns);
  shortened.append(columns - DisplayWidth(shortened), ' ');
  return shortened;
}

// `text` in `rows` lines of `columns`, broken between words; what finds no room is cut.
std::vector<std::string> Wrapped(const std::string& text, size_t columns, size_t rows,
                                 const Terminal& terminal) {
  std::vector<std::string> lines = {""};
  for (absl::string_view word : absl::StrSplit(Printable(text), ' ', absl::SkipEmpty())) {
    const std::string longer = absl::StrCat(lines.back(), lines.back().empty() ? "" : " ", word);
    // The last line takes the rest, for an ellipsis.
    if (lines.back().empty() || lines.size() == rows || DisplayWidth(longer) <= columns) {
      lines.back() = longer;
    } else {
      lines.emplace_back(word);
    }
  }
  lines.resize(rows);
  for (std::string& line : lines) line = PaddedTo(terminal, line, columns);
  return lines;
}

// The picture in cells that are twice as high as wide, no higher than a square, or why there is
// none.
std::vector<std::string> Draw(const Figure& figure, size_t columns, size_t rows,
                              const Terminal& terminal) {
  if (figure.record == nullptr) return Wrapped(figure.reason, columns, rows, terminal);
  absl::StatusOr<Image> image = PictureOf(*figure.record);
  if (!image.ok()) return Wrapped(std::string(image.status().message()), columns, rows, terminal);
  const double aspect = static_cast<double>(image->height) / image->width;
  const size_t wide = std::clamp<size_t>(std::lround(columns / std::max(1.0, aspect)), 1, columns);
  const size_t high = std::clamp<size_t>(std::lround(rows * std::min(1.0, aspect)), 1, rows);
  std::vector<std::string> lines = DrawPicture(*image, wide, high, terminal);
  for (std::string& line : lines) line.append(columns - wide, ' ');
  lines.resize(rows, std::string(columns, ' '));
  return lines;
}

// Appends line `i` of every figure of one row of figures.
void AppendLine(const std::vector<std::vector<std::string>>& figures, size_t i, std::string& text) {
  std::string line;
  for (const std::vector<std::string>& figure : figures)
    absl::StrAppend(&line, line.empty() ? "" : "  ", figure[i]);
  // Trailing blanks only make a narrower window wrap.
  line.erase(line.find_last_not_of(' ') + 1);
  absl::StrAppend(&text, line, "\n");
}

std::string Verdict(const Explanation& explanation, const v1::BundleManifest& manifest,
                    const Terminal& terminal) {
  if (!explanation.true_label().has_value()) return "";
  const std::string name = Printable(ClassName(manifest, *explanation.true_label()));
  if (explanation.wrong()) return Styled(terminal, Style::kBad, absl::StrCat("  WRONG, is ", name));
  return Styled(terminal, Style::kGood, terminal.utf8 ? "  ✓ right" : "  right");
}

std::string Agreement(const Explanation& explanation) {
  const int total = explanation.response->provenance_size();
  if (!explanation.shows_labels()) return absl::StrFormat("  %d exemplars", total);
  return absl::StrFormat("  %d of %d exemplars agree", explanation.agreeing(), total);
}

std::string Headline(const Explanation& explanation, const v1::BundleManifest& manifest,
                     const Terminal& terminal) {
  const v1::ExplainResponse& response = *explanation.response;
  return absl::StrCat(Styled(terminal, Style::kDim, Printable(explanation.name)),
                      terminal.utf8 ? " → " : " -> ",
                      Styled(terminal, Style::kBold, Printable(response.predicted().name())), "  ",
                      Percent(response.predicted().probability()),
                      Verdict(explanation, manifest, terminal), Agreement(explanation),
                      Styled(terminal, Style::kDim,
                             absl::StrFormat("  %s/%d", Printable(response.model().name()),
                                             response.model().version())),
                      "\n");
}

Figure ExemplarFigure(const v1::Exemplar& exemplar) {
  return {exemplar.has_sample() ? &exemplar.sample() : nullptr,
          {absl::StrCat(exemplar.rank(), ". ", exemplar.label_name()), Percent(exemplar.score()),
           absl::StrCat("#", exemplar.sample_index())},
          NotShown(exemplar)};
}

}  // namespace

std::string FigureRows(const std::vector<Figure>& figures, const Terminal& terminal) {
  const size_t columns = PictureColumns(figures.size(), terminal.columns);
  const size_t rows = std::max<size_t>(1, (columns + 1) / 2);
  const size_t in_a_row = std::max<size_t>(1, (terminal.columns + kGap) / (columns + kGap));
  std::string text;
  for (size_t begin = 0; begin < figures.size(); begin += in_a_row) {
    const size_t end = std::min(begin + in_a_row, figures.size());
    size_t captions = 0;
    for (size_t i = begin; i < end; ++i) captions = std::max(captions, figures[i].caption.size());
    std::vector<std::vector<std::string>> drawn;
    for (size_t i = begin; i < end; ++i) {
      std::vector<std::string> lines = Draw(figures[i], columns, rows, terminal);
      for (const std::string& caption : figures[i].caption)
        lines.push_back(PaddedTo(terminal, caption, columns));
      lines.resize(rows + captions, std::string(columns, ' '));
      drawn.push_back(std::move(lines));
    }
    for (size_t i = 0; i < rows + captions; ++i) AppendLine(drawn, i, text);
  }
  return text;
}

std::string ExplanationText(const Explanation& explanation, const v1::BundleManifest& manifest,
                            const Terminal& terminal) {
  std::string text = Headline(explanation, manifest, terminal);
  std::vector<Figure> figures;
  if (explanation.input.has_value()) figures.push_back({&explanation.input->record, {"input"}});
  for (const v1::Exemplar& exemplar : explanation.response->provenance())
    figures.push_back(ExemplarFigure(exemplar));
  absl::StrAppend(&text, FigureRows(figures, terminal), "\n");
  return text;
}

}  // namespace provnet
