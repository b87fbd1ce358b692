#ifndef PROVNET_TESTS_STORAGE_IMAGE_IMAGE_FIXTURES_H_
#define PROVNET_TESTS_STORAGE_IMAGE_IMAGE_FIXTURES_H_

#include <png.h>
#include <turbojpeg.h>
#include <zlib.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "storage/image/image.h"

namespace provnet {

// A smooth picture, so that JPEG keeps it nearly as it is.
inline Image MakeGradient(uint32_t width, uint32_t height, uint32_t channels) {
  Image image{width, height, channels, {}};
  for (uint32_t y = 0; y < height; ++y) {
    for (uint32_t x = 0; x < width; ++x) {
      for (uint32_t c = 0; c < channels; ++c) {
        image.pixels.push_back(static_cast<uint8_t>(40 + 3 * x + 2 * y + 30 * c));
      }
    }
  }
  return image;
}

// A PNG of any kind, written by libpng itself: `rows` holds the samples as the file stores them.
struct PngKind {
  int color_type = PNG_COLOR_TYPE_GRAY;
  int bit_depth = 8;
  int interlace = PNG_INTERLACE_NONE;
  std::vector<png_color> palette = {};
  // Alpha by palette entry.
  std::vector<uint8_t> palette_alpha = {};
};
inline std::string MakePng(uint32_t width, uint32_t height, const PngKind& kind,
                           std::vector<std::vector<uint8_t>> rows) {
  std::string bytes;
  // The default error handler of libpng prints and aborts the test, which is what a wrong fixture
  // deserves.
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_set_write_fn(
      png, &bytes,
      [](png_structp p, png_bytep data, size_t size) {
        static_cast<std::string*>(png_get_io_ptr(p))
            ->append(reinterpret_cast<const char*>(data), size);
      },
      nullptr);
  png_set_IHDR(png, info, width, height, kind.bit_depth, kind.color_type, kind.interlace,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (!kind.palette.empty()) {
    png_set_PLTE(png, info, kind.palette.data(), static_cast<int>(kind.palette.size()));
  }
  if (!kind.palette_alpha.empty()) {
    png_set_tRNS(png, info, kind.palette_alpha.data(), static_cast<int>(kind.palette_alpha.size()),
                 nullptr);
  }
  std::vector<png_bytep> pointers;
  for (auto& row : rows) pointers.push_back(row.data());
  png_set_rows(png, info, pointers.data());
  png_write_png(png, info, PNG_TRANSFORM_IDENTITY, nullptr);
  png_destroy_write_struct(&png, &info);
  return bytes;
}

// A PNG that claims this size in a well-formed header.
inline std::string ClaimPngSize(std::string png, uint32_t width, uint32_t height) {
  const auto put = [&](size_t at, uint32_t value) {
    for (size_t i = 0; i < 4; ++i) png[at + i] = static_cast<char>(value >> (24 - 8 * i));
  };
  put(16, width);
  put(20, height);
  put(29, static_cast<uint32_t>(::crc32(0, reinterpret_cast<const Bytef*>(&png[12]), 17)));
  return png;
}

inline std::string MakeJpeg(const Image& image, int flags = 0) {
  tjhandle handle = tjInitCompress();
  unsigned char* buffer = nullptr;
  unsigned long size = 0;
  const int format = image.channels == 1 ? TJPF_GRAY : image.channels == 3 ? TJPF_RGB : TJPF_CMYK;
  const int result = tjCompress2(handle, image.pixels.data(), static_cast<int>(image.width), 0,
                                 static_cast<int>(image.height), format, &buffer, &size,
                                 image.channels == 1 ? TJSAMP_GRAY : TJSAMP_444, 100, flags);
  if (result != 0) throw std::runtime_error(tjGetErrorStr2(handle));
  std::string bytes(reinterpret_cast<char*>(buffer), size);
  tjFree(buffer);
  tjDestroy(handle);
  return bytes;
}

// A JPEG that claims this size in its frame header.
inline std::string ClaimJpegSize(std::string jpeg, uint16_t width, uint16_t height) {
  const size_t frame = jpeg.find("\xff\xc0");
  if (frame == std::string::npos) throw std::runtime_error("no frame header");
  for (const auto& [at, value] : {std::pair{frame + 5, height}, std::pair{frame + 7, width}}) {
    jpeg[at] = static_cast<char>(value >> 8);
    jpeg[at + 1] = static_cast<char>(value & 0xff);
  }
  return jpeg;
}

}  // namespace provnet

#endif  // PROVNET_TESTS_STORAGE_IMAGE_IMAGE_FIXTURES_H_
