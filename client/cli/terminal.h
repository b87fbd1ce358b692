#ifndef PROVNET_CLIENT_CLI_TERMINAL_H_
#define PROVNET_CLIENT_CLI_TERMINAL_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace provnet {

// What the place where output goes can show. The default is what a file gets: no escape sequence,
// UTF-8.
struct Terminal {
  enum class Colour { kNone, k16, k256, kTrue };

  Colour colour = Colour::kNone;
  // Otherwise ASCII only.
  bool utf8 = true;
  size_t columns = 100;
};

// For standard output, from the environment: colour only on a terminal without NO_COLOR
// (https://no-color.org), as many as TERM and COLORTERM promise; ASCII where the locale names
// another encoding than UTF-8.
Terminal DetectTerminal();

// How a piece of text is set apart where there is colour.
enum class Style { kBold, kDim, kGood, kBad };

// `text` in that style; as it is without colour.
std::string Styled(const Terminal& terminal, Style style, absl::string_view text);

// Text from outside made safe to print: control characters, and so escape sequences, become '?'.
std::string Printable(absl::string_view text);

// How many columns `text` (UTF-8 without escape sequences) takes.
size_t DisplayWidth(absl::string_view text);

// `text` cut to at most `columns`, with an ellipsis where something is missing.
std::string Shortened(const Terminal& terminal, absl::string_view text, size_t columns);

}  // namespace provnet

#endif  // PROVNET_CLIENT_CLI_TERMINAL_H_
