#include "trainer/experiments/script_parts.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace provnet {

std::string QuotedForGnuplot(absl::string_view text) {
  std::string line(text);
  std::replace_if(
      line.begin(), line.end(), [](unsigned char c) { return absl::ascii_iscntrl(c); }, ' ');
  // In single quotes only the quote itself is special.
  return absl::StrCat("'", absl::StrReplaceAll(line, {{"'", "''"}}), "'");
}

const char* PlotColor(size_t index) {
  static constexpr const char* kColors[] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                            "#b58900", "#56b4e9", "#8c8c8c"};
  return kColors[index % std::size(kColors)];
}

}  // namespace provnet
