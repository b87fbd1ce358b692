#include "server/service/host_paths.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace provnet {
namespace {

constexpr absl::string_view kBefore = " \t\n\"'`([{<=:,;";
constexpr absl::string_view kBehind = " \t\n\"'`)]}>,;:";

bool BeginsPath(absl::string_view text, size_t at) {
  if (text[at] != '/' || at + 1 == text.size()) return false;
  // "//" is the middle of a URL, "/ " a division.
  if (text[at + 1] == '/' || kBehind.find(text[at + 1]) != absl::string_view::npos) return false;
  return at == 0 || kBefore.find(text[at - 1]) != absl::string_view::npos;
}

// The end of the path that begins at `at`. In quotes it reaches to the closing one. Elsewhere a
// space ends it, unless the next word goes on with folders: who reads "/srv/my models/digits" as
// one path tells nothing of the host, whatever was meant.
size_t EndOfPath(absl::string_view text, size_t at) {
  const char quote = at == 0 ? '\0' : text[at - 1];
  if (quote == '"' || quote == '\'') {
    const size_t closing = text.find(quote, at);
    if (closing != absl::string_view::npos) return closing;
  }
  size_t end = std::min(text.find_first_of(kBehind, at), text.size());
  while (end + 1 < text.size() && text[end] == ' ' && !BeginsPath(text, end + 1)) {
    const size_t word_end = std::min(text.find_first_of(kBehind, end + 1), text.size());
    const absl::string_view word = text.substr(end + 1, word_end - end - 1);
    const size_t slash = word.find('/');
    if (slash == absl::string_view::npos || slash == 0) break;
    end = word_end;
  }
  return end;
}

}  // namespace

std::string WithoutHostPaths(absl::string_view text) {
  std::string kept;
  kept.reserve(text.size());
  size_t at = 0;
  while (at < text.size()) {
    if (!BeginsPath(text, at)) {
      kept += text[at++];
      continue;
    }
    const size_t end = EndOfPath(text, at);
    absl::string_view path = text.substr(at, end - at);
    while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
    absl::StrAppend(&kept, path.substr(path.rfind('/') + 1));
    at = end;
  }
  return kept;
}

}  // namespace provnet
