#include "storage/image/png.h"

#include <png.h>

#include <csetjmp>
#include <cstring>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "storage/image/limits.h"

// libpng reports errors by longjmp, which skips C++ destructors. Every function that calls setjmp
// therefore has trivial locals only; whatever owns memory lives in its caller.

namespace provnet {
namespace {

constexpr png_alloc_size_t kMaxChunkBytes = png_alloc_size_t{1} << 20;
constexpr size_t kMaxMessageBytes = 128;

struct Reader {
  absl::string_view rest;
  char message[kMaxMessageBytes] = "";
};

struct Writer {
  std::string bytes;
  char message[kMaxMessageBytes] = "";
};

// The pixels as libpng delivers them: grey, grey + alpha, RGB or RGBA, 8 bits a channel.
struct RawPixels {
  uint32_t width = 0;
  uint32_t height = 0;
  uint32_t channels = 0;
  std::vector<uint8_t> bytes;
  std::vector<png_bytep> rows;
};

[[noreturn]] void OnError(png_structp png, png_const_charp message) {
  std::strncpy(static_cast<char*>(png_get_error_ptr(png)), message, kMaxMessageBytes - 1);
  png_longjmp(png, 1);
}

void OnWarning(png_structp, png_const_charp) {}

void OnRead(png_structp png, png_bytep out, size_t size) {
  auto* reader = static_cast<Reader*>(png_get_io_ptr(png));
  if (size > reader->rest.size()) png_error(png, "the file ends too early");
  std::memcpy(out, reader->rest.data(), size);
  reader->rest.remove_prefix(size);
}

void OnWrite(png_structp png, png_bytep data, size_t size) {
  static_cast<Writer*>(png_get_io_ptr(png))
      ->bytes.append(reinterpret_cast<const char*>(data), size);
}

void OnFlush(png_structp) {}

// A libpng decoder over `reader`.
class PngDecoder {
 public:
  explicit PngDecoder(Reader* reader)
      : png_(png_create_read_struct(PNG_LIBPNG_VER_STRING, reader->message, OnError, OnWarning)),
        info_(png_ != nullptr ? png_create_info_struct(png_) : nullptr) {
    if (info_ != nullptr) png_set_read_fn(png_, reader, OnRead);
  }
  ~PngDecoder() { png_destroy_read_struct(&png_, &info_, nullptr); }
  PngDecoder(const PngDecoder&) = delete;
  PngDecoder& operator=(const PngDecoder&) = delete;

  bool valid() const { return info_ != nullptr; }

  // Reads up to the first pixel and asks for 8-bit grey or RGB, with alpha where the file has
  // transparency.
  bool ReadHeader(RawPixels* pixels) {
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    // Our own bound has a better message; nothing is allocated for the pixels until rows are read.
    png_set_user_limits(png_, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_chunk_malloc_max(png_, kMaxChunkBytes);
    png_read_info(png_, info_);
    png_set_expand(png_);
    png_set_scale_16(png_);
    png_set_interlace_handling(png_);
    pixels->width = png_get_image_width(png_, info_);
    pixels->height = png_get_image_height(png_, info_);
    return true;
  }

  // Fixes the row format; allocates a few rows inside libpng, so only after the size was checked.
  bool StartRows(RawPixels* pixels) {
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    png_read_update_info(png_, info_);
    pixels->channels = png_get_channels(png_, info_);
    return true;
  }

  // `pixels` has its rows. Reads to the end of the file, so that a missing end is noticed.
  bool ReadRows(RawPixels* pixels) {
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    png_read_image(png_, pixels->rows.data());
    png_read_end(png_, nullptr);
    return true;
  }

 private:
  png_structp png_;
  png_infop info_;
};

absl::Status DecodeError(const Reader& reader) {
  return absl::InvalidArgumentError(absl::StrCat(
      "the PNG is truncated or damaged: ", reader.message, "; expected a complete file"));
}

absl::StatusOr<RawPixels> ReadPixels(absl::string_view bytes, const ImageLimits& limits) {
  Reader reader{bytes};
  PngDecoder decoder(&reader);
  if (!decoder.valid()) return absl::ResourceExhaustedError("out of memory for a PNG decoder");
  RawPixels pixels;
  if (!decoder.ReadHeader(&pixels)) return DecodeError(reader);
  PROVNET_RETURN_IF_ERROR(CheckPixels("PNG", pixels.width, pixels.height, limits));
  if (!decoder.StartRows(&pixels)) return DecodeError(reader);
  const size_t row_bytes = size_t{pixels.width} * pixels.channels;
  pixels.bytes.resize(row_bytes * pixels.height);
  pixels.rows.resize(pixels.height);
  for (size_t y = 0; y < pixels.height; ++y) pixels.rows[y] = pixels.bytes.data() + y * row_bytes;
  if (!decoder.ReadRows(&pixels)) return DecodeError(reader);
  return pixels;
}

// ITU-R BT.601 luma, the one that JPEG and most image libraries use; the weights sum to 2^16.
uint8_t Luma(uint32_t red, uint32_t green, uint32_t blue) {
  return static_cast<uint8_t>((19595 * red + 38470 * green + 7471 * blue + 32768) >> 16);
}

// Lays a colour over black.
uint32_t OverBlack(uint32_t value, uint32_t alpha) { return (value * alpha + 127) / 255; }

Image Convert(const RawPixels& raw, uint32_t channels) {
  Image image{raw.width, raw.height, channels, {}};
  image.pixels.resize(size_t{raw.width} * raw.height * channels);
  const bool has_alpha = raw.channels == 2 || raw.channels == 4;
  const bool has_colour = raw.channels >= 3;
  uint8_t* out = image.pixels.data();
  for (size_t i = 0; i < raw.bytes.size(); i += raw.channels) {
    const uint8_t* in = raw.bytes.data() + i;
    const uint32_t alpha = has_alpha ? in[raw.channels - 1] : 255;
    const uint32_t red = OverBlack(in[0], alpha);
    const uint32_t green = has_colour ? OverBlack(in[1], alpha) : red;
    const uint32_t blue = has_colour ? OverBlack(in[2], alpha) : red;
    if (channels == 1) {
      *out++ = Luma(red, green, blue);
    } else {
      *out++ = static_cast<uint8_t>(red);
      *out++ = static_cast<uint8_t>(green);
      *out++ = static_cast<uint8_t>(blue);
    }
  }
  return image;
}

// A libpng encoder into `writer`.
class PngEncoder {
 public:
  explicit PngEncoder(Writer* writer)
      : png_(png_create_write_struct(PNG_LIBPNG_VER_STRING, writer->message, OnError, OnWarning)),
        info_(png_ != nullptr ? png_create_info_struct(png_) : nullptr) {
    if (info_ != nullptr) png_set_write_fn(png_, writer, OnWrite, OnFlush);
  }
  ~PngEncoder() { png_destroy_write_struct(&png_, &info_); }
  PngEncoder(const PngEncoder&) = delete;
  PngEncoder& operator=(const PngEncoder&) = delete;

  bool valid() const { return info_ != nullptr; }

  bool Write(const Image& image) {
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    png_set_IHDR(png_, info_, image.width, image.height, 8,
                 image.channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png_, info_);
    const size_t row_bytes = size_t{image.width} * image.channels;
    for (uint32_t y = 0; y < image.height; ++y) {
      png_write_row(png_, image.pixels.data() + y * row_bytes);
    }
    png_write_end(png_, info_);
    return true;
  }

 private:
  png_structp png_;
  png_infop info_;
};

}  // namespace

absl::StatusOr<Image> DecodePng(absl::string_view bytes, uint32_t channels,
                                const ImageLimits& limits) {
  PROVNET_ASSIGN_OR_RETURN(const RawPixels raw, ReadPixels(bytes, limits));
  return Convert(raw, channels);
}

absl::StatusOr<std::string> EncodePng(const Image& image) {
  const uint64_t pixels = uint64_t{image.width} * image.height;
  if (pixels == 0 || (image.channels != 1 && image.channels != 3) ||
      image.pixels.size() / image.channels != pixels || image.pixels.size() % image.channels != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("image of ", image.width, " x ", image.height, " x ", image.channels, " with ",
                     image.pixels.size(), " bytes: expected 1 or 3 channels and a byte for each"));
  }
  Writer writer;
  PngEncoder encoder(&writer);
  if (!encoder.valid()) return absl::ResourceExhaustedError("out of memory for a PNG encoder");
  if (!encoder.Write(image)) {
    return absl::InvalidArgumentError(absl::StrCat("cannot write a PNG: ", writer.message));
  }
  return std::move(writer.bytes);
}

absl::StatusOr<ImageInfo> ReadPngInfo(absl::string_view bytes, const ImageLimits& limits) {
  // Signature, length, "IHDR", width, height, depth, colour type: always the first 26 bytes.
  constexpr size_t kTypeAt = 12, kWidthAt = 16, kHeightAt = 20, kColorAt = 25;
  if (bytes.size() <= kColorAt || bytes.substr(kTypeAt, 4) != "IHDR") {
    return absl::InvalidArgumentError(
        "the PNG is truncated or damaged: it has no header; expected a complete file");
  }
  const auto number = [&](size_t at) {
    uint32_t value = 0;
    for (size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<uint8_t>(bytes[at + i]);
    return value;
  };
  const ImageInfo info{number(kWidthAt), number(kHeightAt),
                       (bytes[kColorAt] & PNG_COLOR_MASK_COLOR) != 0 ? 3U : 1U};
  PROVNET_RETURN_IF_ERROR(CheckPixels("PNG", info.width, info.height, limits));
  if (info.width > 0 && info.height > 0) return info;
  return absl::InvalidArgumentError("the PNG is damaged: its header says that it has no pixels");
}

}  // namespace provnet
