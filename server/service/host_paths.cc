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
    const size_t end = std::min(text.find_first_of(kBehind, at), text.size());
    absl::string_view path = text.substr(at, end - at);
    while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
    absl::StrAppend(&kept, path.substr(path.rfind('/') + 1));
    at = end;
  }
  return kept;
}

}  // namespace provnet
