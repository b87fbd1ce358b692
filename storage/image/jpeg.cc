#include "storage/image/jpeg.h"

#include <turbojpeg.h>

#include <memory>
#include <type_traits>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "storage/image/limits.h"

namespace provnet {
namespace {

struct DestroyHandle {
  void operator()(void* handle) const { tjDestroy(handle); }
};
using Handle = std::unique_ptr<std::remove_pointer_t<tjhandle>, DestroyHandle>;

// Scans of a progressive file beyond libjpeg-turbo's limit cost time, not memory; refuse them.
constexpr int kFlags = TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS;

absl::Status DecodeError(tjhandle handle) {
  return absl::InvalidArgumentError(absl::StrCat(
      "the JPEG is truncated or damaged: ", tjGetErrorStr2(handle), "; expected a complete file"));
}

absl::StatusOr<ImageInfo> ReadInfo(tjhandle handle, absl::string_view bytes,
                                   const ImageLimits& limits) {
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  int width = 0, height = 0, subsampling = 0, colorspace = 0;
  // A warning about the header sets the error code but may leave the sizes usable; still no.
  if (tjDecompressHeader3(handle, data, bytes.size(), &width, &height, &subsampling, &colorspace) !=
      0) {
    return DecodeError(handle);
  }
  PROVNET_RETURN_IF_ERROR(
      CheckPixels("JPEG", static_cast<uint64_t>(width), static_cast<uint64_t>(height), limits));
  if (colorspace == TJCS_CMYK || colorspace == TJCS_YCCK) {
    return absl::InvalidArgumentError(
        "the JPEG has CMYK colours; expected grey or RGB: convert it first");
  }
  return ImageInfo{static_cast<uint32_t>(width), static_cast<uint32_t>(height),
                   colorspace == TJCS_GRAY ? 1U : 3U};
}

}  // namespace

absl::StatusOr<ImageInfo> ReadJpegInfo(absl::string_view bytes, const ImageLimits& limits) {
  const Handle handle(tjInitDecompress());
  if (handle == nullptr) return absl::ResourceExhaustedError(tjGetErrorStr2(nullptr));
  return ReadInfo(handle.get(), bytes, limits);
}

absl::StatusOr<Image> DecodeJpeg(absl::string_view bytes, uint32_t channels,
                                 const ImageLimits& limits) {
  const Handle handle(tjInitDecompress());
  if (handle == nullptr) return absl::ResourceExhaustedError(tjGetErrorStr2(nullptr));
  PROVNET_ASSIGN_OR_RETURN(const ImageInfo info, ReadInfo(handle.get(), bytes, limits));
  Image image;
  image.width = info.width;
  image.height = info.height;
  image.channels = channels;
  image.pixels.resize(size_t{image.width} * image.height * channels);
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  if (tjDecompress2(handle.get(), data, bytes.size(), image.pixels.data(),
                    static_cast<int>(info.width), /*pitch=*/0, static_cast<int>(info.height),
                    channels == 1 ? TJPF_GRAY : TJPF_RGB, kFlags) != 0) {
    return DecodeError(handle.get());
  }
  return image;
}

}  // namespace provnet
