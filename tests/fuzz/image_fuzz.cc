// Images as callers send them: PNG or JPEG of any size and colour, or neither.
#include "storage/image/image.h"
#include "tests/fuzz/fuzz_target.h"

namespace provnet {
namespace {

constexpr ImageLimits kLimits{.max_bytes = 1 << 20, .max_pixels = 16 << 20};

void DecodeAs(std::string_view bytes, uint32_t channels) {
  const auto image = DecodeImage(bytes, channels, kLimits);
  if (!image.ok()) return;
  const uint64_t pixels = uint64_t{image->width} * image->height;
  Promise(pixels > 0 && pixels <= kLimits.max_pixels);
  Promise(image->channels == channels && image->pixels.size() == pixels * channels);
  const auto info = ReadImageInfo(bytes, kLimits);
  Promise(info.ok() && info->width == image->width && info->height == image->height);
  const Image resized = Resize(*image, 28, 28);
  Promise(resized.pixels.size() == 28U * 28 * channels);
  const auto encoded = EncodePng(resized);
  Promise(encoded.ok());
  const auto again = DecodeImage(*encoded, channels, kLimits);
  Promise(again.ok() && again->pixels == resized.pixels);
}

}  // namespace
}  // namespace provnet

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes = provnet::AsText(data, size);
  provnet::DecodeAs(bytes, 1);
  provnet::DecodeAs(bytes, 3);
  return 0;
}
