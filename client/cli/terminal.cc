#include "client/cli/terminal.h"

#include <chafa.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace provnet {
namespace {

bool Set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

// No locale at all is the bare machine or container, whose user sits at a UTF-8 terminal all the
// same.
bool LocaleIsUtf8() {
  for (const char* variable : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    if (!Set(variable)) continue;
    std::string name = absl::AsciiStrToLower(std::getenv(variable));
    return absl::StrContains(name, "utf-8") || absl::StrContains(name, "utf8");
  }
  return true;
}

Terminal::Colour ColourOfTerminal() {
  gchar** environment = g_get_environ();
  ChafaTermInfo* info = chafa_term_db_detect(chafa_term_db_get_default(), environment);
  Terminal::Colour colour = Terminal::Colour::kNone;
  if (chafa_term_info_have_seq(info, CHAFA_TERM_SEQ_SET_COLOR_FGBG_DIRECT)) {
    colour = Terminal::Colour::kTrue;
  } else if (chafa_term_info_have_seq(info, CHAFA_TERM_SEQ_SET_COLOR_FGBG_256)) {
    colour = Terminal::Colour::k256;
  } else if (chafa_term_info_have_seq(info, CHAFA_TERM_SEQ_SET_COLOR_FGBG_16)) {
    colour = Terminal::Colour::k16;
  }
  chafa_term_info_unref(info);
  g_strfreev(environment);
  return colour;
}

size_t Columns(size_t otherwise) {
  winsize size;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  uint32_t columns;
  if (Set("COLUMNS") && absl::SimpleAtoi(std::getenv("COLUMNS"), &columns) && columns > 0)
    return columns;
  return otherwise;
}

const char* Sequence(Style style) {
  switch (style) {
    case Style::kBold:
      return "\033[1m";
    case Style::kDim:
      return "\033[2m";
    case Style::kGood:
      return "\033[32m";
    case Style::kBad:
      return "\033[1;31m";
  }
  return "";
}

// Columns of one character: 0, 1 or 2.
size_t WidthOf(gunichar character) {
  if (g_unichar_iszerowidth(character)) return 0;
  return g_unichar_iswide(character) ? 2 : 1;
}

}  // namespace

Terminal DetectTerminal() {
  Terminal terminal;
  terminal.utf8 = LocaleIsUtf8();
  terminal.columns = Columns(terminal.columns);
  if (isatty(STDOUT_FILENO) && !Set("NO_COLOR")) terminal.colour = ColourOfTerminal();
  return terminal;
}

std::string Styled(const Terminal& terminal, Style style, absl::string_view text) {
  if (terminal.colour == Terminal::Colour::kNone) return std::string(text);
  return absl::StrCat(Sequence(style), text, "\033[0m");
}

std::string Printable(absl::string_view text) {
  gchar* valid = g_utf8_make_valid(text.data(), static_cast<gssize>(text.size()));
  std::string printable;
  for (const gchar* at = valid; *at != '\0'; at = g_utf8_next_char(at)) {
    if (g_unichar_iscntrl(g_utf8_get_char(at))) {
      printable += '?';
    } else {
      printable.append(at, static_cast<size_t>(g_utf8_next_char(at) - at));
    }
  }
  g_free(valid);
  return printable;
}

size_t DisplayWidth(absl::string_view text) {
  size_t width = 0;
  const std::string valid = Printable(text);
  for (const gchar* at = valid.c_str(); *at != '\0'; at = g_utf8_next_char(at))
    width += WidthOf(g_utf8_get_char(at));
  return width;
}

std::string Shortened(const Terminal& terminal, absl::string_view text, size_t columns) {
  if (DisplayWidth(text) <= columns) return std::string(text);
  const absl::string_view ellipsis = terminal.utf8 ? "…" : "~";
  const std::string valid = Printable(text);
  const gchar* at = valid.c_str();
  for (size_t width = 1; *at != '\0'; at = g_utf8_next_char(at)) {
    width += WidthOf(g_utf8_get_char(at));
    if (width > columns) break;
  }
  return absl::StrCat(absl::string_view(valid.c_str(), static_cast<size_t>(at - valid.c_str())),
                      columns == 0 ? "" : ellipsis);
}

}  // namespace provnet
