#include "trainer/network/backbone.h"

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace provnet {
namespace {

constexpr std::array<absl::string_view, 5> kSizeNames = {"tiny", "small", "medium", "large",
                                                         "xlarge"};
constexpr std::array<absl::string_view, 4> kSharingNames = {"I", "II", "III", "IV"};

constexpr std::array<BackboneShape, 5> kShapes = {{
    {{8, 16, 32}, 1},
    {{32, 64, 128}, 1},
    {{64, 128, 256}, 2},
    {{128, 256, 512}, 2},
    {{352, 704, 1408}, 2},
}};

template <typename Enum, size_t kCount>
absl::StatusOr<Enum> Parse(absl::string_view flag, absl::string_view name,
                           const std::array<absl::string_view, kCount>& names) {
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return static_cast<Enum>(i);
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "--", flag, "=", name, " is unknown: expected one of ", absl::StrJoin(names, ", ")));
}

}  // namespace

BackboneShape ShapeOf(BackboneSize size) { return kShapes[static_cast<size_t>(size)]; }

absl::string_view BackboneSizeName(BackboneSize size) {
  return kSizeNames[static_cast<size_t>(size)];
}

absl::StatusOr<BackboneSize> ParseBackboneSize(absl::string_view name) {
  return Parse<BackboneSize>("size", name, kSizeNames);
}

absl::string_view SharingName(Sharing sharing) {
  return kSharingNames[static_cast<size_t>(sharing)];
}

absl::StatusOr<Sharing> ParseSharing(absl::string_view name) {
  return Parse<Sharing>("sharing", name, kSharingNames);
}

}  // namespace provnet
