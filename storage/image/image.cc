#include "storage/image/image.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "storage/base/status_macros.h"
#include "storage/image/jpeg.h"
#include "storage/image/limits.h"
#include "storage/image/png.h"

namespace provnet {
namespace {

// What JPEG has room for.
constexpr uint64_t kMaxSide = 65'535;
constexpr absl::string_view kPngSignature("\x89PNG\r\n\x1a\n", 8);
constexpr absl::string_view kJpegStart("\xff\xd8\xff", 3);
constexpr size_t kShownBytes = 8;

// The whole start of the file where there are enough bytes; what there is of it otherwise, so that
// a truncated file is called that.
bool StartsLike(absl::string_view bytes, absl::string_view signature) {
  return bytes.substr(0, signature.size()) == signature.substr(0, bytes.size());
}

absl::Status CheckBytes(std::string_view bytes, const ImageLimits& limits) {
  if (bytes.empty()) {
    return absl::InvalidArgumentError("the image is empty; expected a PNG or JPEG file");
  }
  if (bytes.size() <= limits.max_bytes) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("the image of ", bytes.size(),
                                                 " bytes is oversized: at most ", limits.max_bytes,
                                                 " bytes are allowed"));
}

absl::Status UnknownFormat(absl::string_view data) {
  return absl::InvalidArgumentError(
      absl::StrCat("the image is in no known format: expected PNG or JPEG, it starts with ",
                   absl::BytesToHexString(data.substr(0, kShownBytes))));
}

}  // namespace

absl::Status CheckPixels(absl::string_view format, uint64_t width, uint64_t height,
                         const ImageLimits& limits) {
  const bool few = width * height <= limits.max_pixels;
  // A row costs some memory of its own, however short it is.
  if (few && std::max(width, height) <= kMaxSide) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      format, " of ", width, " x ", height, " pixels is oversized: at most ",
      few ? kMaxSide : limits.max_pixels, few ? " a side" : " pixels", " are allowed"));
}

std::string_view SniffImageType(std::string_view bytes) {
  const absl::string_view start(bytes.data(), bytes.size());
  if (absl::StartsWith(start, kPngSignature)) return "image/png";
  if (absl::StartsWith(start, kJpegStart)) return "image/jpeg";
  return "";
}

absl::StatusOr<Image> DecodeImage(std::string_view bytes, uint32_t channels,
                                  const ImageLimits& limits) {
  if (channels != 1 && channels != 3) {
    return absl::InvalidArgumentError(absl::StrCat("channels is ", channels, ", expected 1 or 3"));
  }
  PROVNET_RETURN_IF_ERROR(CheckBytes(bytes, limits));
  const absl::string_view data(bytes.data(), bytes.size());
  if (StartsLike(data, kPngSignature)) return DecodePng(data, channels, limits);
  if (StartsLike(data, kJpegStart)) return DecodeJpeg(data, channels, limits);
  return UnknownFormat(data);
}

absl::StatusOr<ImageInfo> ReadImageInfo(std::string_view bytes, const ImageLimits& limits) {
  PROVNET_RETURN_IF_ERROR(CheckBytes(bytes, limits));
  const absl::string_view data(bytes.data(), bytes.size());
  if (StartsLike(data, kPngSignature)) return ReadPngInfo(data, limits);
  if (StartsLike(data, kJpegStart)) return ReadJpegInfo(data, limits);
  return UnknownFormat(data);
}

}  // namespace provnet
