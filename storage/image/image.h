#ifndef PROVNET_STORAGE_IMAGE_IMAGE_H_
#define PROVNET_STORAGE_IMAGE_IMAGE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace provnet {

// 8-bit pixels, interleaved, row-major: pixels[(y * width + x) * channels + c], 0..255. channels is
// 1 (grey) or 3 (RGB).
struct Image {
  uint32_t width = 0;
  uint32_t height = 0;
  uint32_t channels = 0;
  std::vector<uint8_t> pixels;
};

// Bounds on what DecodeImage accepts. They are checked against the file's header before any pixel
// is decoded, so a decompression bomb costs no memory. No side has more than 65,535 pixels.
struct ImageLimits {
  size_t max_bytes = size_t{8} << 20;
  uint64_t max_pixels = uint64_t{16} << 20;
};

// Decodes a PNG or JPEG from untrusted bytes into 1 or 3 channels (`channels`); colour is converted
// to grey by luma, grey to colour by repetition, transparency is laid over black. INVALID_ARGUMENT
// says what was wrong: empty, truncated, oversized (with the bound) or in no known format (with the
// first bytes in hex). Thread-safe.
absl::StatusOr<Image> DecodeImage(std::string_view bytes, uint32_t channels,
                                  const ImageLimits& limits = {});

// What a file's header says about its picture, before any pixel is decoded.
struct ImageInfo {
  uint32_t width = 0;
  uint32_t height = 0;
  // 1 where the file is grey (with or without transparency), 3 where it has colours or a palette.
  uint32_t channels = 0;
};

// Reads the header of a PNG or JPEG. Refuses what DecodeImage would refuse by the header alone; a
// file that passes may still be damaged further on. Thread-safe.
absl::StatusOr<ImageInfo> ReadImageInfo(std::string_view bytes, const ImageLimits& limits = {});

// "image/png", "image/jpeg", or "" when the bytes start like neither.
std::string_view SniffImageType(std::string_view bytes);

// A PNG file of `image`. INVALID_ARGUMENT when its sizes contradict each other.
absl::StatusOr<std::string> EncodePng(const Image& image);

// Bilinear resampling with an area filter when shrinking, pixel centres at .5. Returns the image
// itself when the size is right already. `width` and `height` are at least 1.
Image Resize(Image image, uint32_t width, uint32_t height);

}  // namespace provnet

#endif  // PROVNET_STORAGE_IMAGE_IMAGE_H_
