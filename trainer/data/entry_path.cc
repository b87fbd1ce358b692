#include "trainer/data/entry_path.h"

#include <cstdint>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"

namespace provnet {
namespace {

constexpr size_t kMaxPathBytes = 4096;

// Length of the sequence that starts with `lead`, and the range of its second byte; 0 for no start.
struct Sequence {
  size_t length;
  uint8_t low = 0x80;
  uint8_t high = 0xbf;
};
Sequence SequenceOf(uint8_t lead) {
  if (lead < 0x80) return {1};
  if (lead < 0xc2) return {0};
  if (lead < 0xe0) return {2};
  if (lead == 0xe0) return {3, 0xa0, 0xbf};
  if (lead == 0xed) return {3, 0x80, 0x9f};
  if (lead < 0xf0) return {3};
  if (lead == 0xf0) return {4, 0x90, 0xbf};
  if (lead < 0xf4) return {4};
  if (lead == 0xf4) return {4, 0x80, 0x8f};
  return {0};
}

}  // namespace

bool IsUtf8(absl::string_view text) {
  while (!text.empty()) {
    const Sequence sequence = SequenceOf(static_cast<uint8_t>(text[0]));
    if (sequence.length == 0 || sequence.length > text.size()) return false;
    for (size_t i = 1; i < sequence.length; ++i) {
      const auto byte = static_cast<uint8_t>(text[i]);
      const bool second = i == 1;
      if (byte < (second ? sequence.low : 0x80) || byte > (second ? sequence.high : 0xbf))
        return false;
    }
    text.remove_prefix(sequence.length);
  }
  return true;
}

absl::StatusOr<std::vector<std::string>> SplitEntryPath(absl::string_view path) {
  if (path.empty() || path.size() > kMaxPathBytes) {
    return absl::InvalidArgumentError("without a usable name");
  }
  if (path[0] == '/') return absl::InvalidArgumentError("with an absolute path");
  if (!IsUtf8(path)) return absl::InvalidArgumentError("with a name that is not UTF-8");
  std::vector<std::string> parts;
  for (const absl::string_view part : absl::StrSplit(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part == "..") return absl::InvalidArgumentError("with \"..\" in the path");
    if (part[0] == '.') return absl::InvalidArgumentError("hidden (a name that starts with a dot)");
    parts.emplace_back(part);
  }
  return parts;
}

bool IsImageName(absl::string_view name) {
  return absl::EndsWithIgnoreCase(name, ".png") || absl::EndsWithIgnoreCase(name, ".jpg") ||
         absl::EndsWithIgnoreCase(name, ".jpeg");
}

}  // namespace provnet
