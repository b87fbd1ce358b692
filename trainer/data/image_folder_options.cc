#include "trainer/data/image_folder_options.h"

#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace provnet {
namespace {

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

bool IsSide(uint32_t side) { return side >= kMinImageSide && side <= kMaxImageSide; }

}  // namespace

absl::StatusOr<ImageSize> ParseImageSize(std::string_view text) {
  const std::vector<absl::string_view> sides = absl::StrSplit(View(text), 'x');
  ImageSize size;
  if (sides.size() == 2 && absl::SimpleAtoi(sides[0], &size.height) &&
      absl::SimpleAtoi(sides[1], &size.width) && IsSide(size.height) && IsSide(size.width)) {
    return size;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("--image-size=", View(text), " makes no sense: expected HEIGHTxWIDTH, each ",
                   kMinImageSide, " to ", kMaxImageSide, ", e.g. 32x32"));
}

std::string FormatImageSize(const ImageSize& size) {
  return absl::StrCat(size.height, "x", size.width);
}

absl::StatusOr<ImageMode> ParseImageMode(std::string_view text) {
  for (const ImageMode mode : {ImageMode::kAsStored, ImageMode::kGrey, ImageMode::kRgb}) {
    if (text == ImageModeName(mode)) return mode;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("--image-mode=", View(text), " is unknown: expected grey or rgb"));
}

std::string_view ImageModeName(ImageMode mode) {
  switch (mode) {
    case ImageMode::kGrey:
      return "grey";
    case ImageMode::kRgb:
      return "rgb";
    case ImageMode::kAsStored:
      break;
  }
  return "";
}

absl::Status ValidateImageFolderOptions(const ImageFolderOptions& options) {
  // Negated, so that NaN fails.
  if (!(options.test_share > 0 && options.test_share < 1)) {
    return absl::InvalidArgumentError(absl::StrCat("--test-share=", options.test_share,
                                                   " is out of range: expected above 0, below 1"));
  }
  return absl::OkStatus();
}

}  // namespace provnet
