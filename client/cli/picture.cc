#include "client/cli/picture.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

constexpr uint64_t kMaxPixels = uint64_t{1} << 26;

absl::Status NotAPicture(const v1::TensorSpec& spec, size_t bytes) {
  return absl::InvalidArgumentError(absl::StrCat(
      "the tensor has ", v1::DataType_Name(spec.data_type()), " elements, shape [",
      absl::StrJoin(spec.shape(), ", "), "] and ", bytes,
      " bytes; expected UINT8 or FLOAT32, [1 or 3, height, width] and that many elements"));
}

// Element `i` of the tensor as a pixel value.
uint8_t Pixel(const v1::SampleRecord& record, size_t i) {
  if (record.tensor_spec().data_type() == v1::DATA_TYPE_UINT8)
    return static_cast<uint8_t>(record.content()[i]);
  float value;
  std::memcpy(&value, record.content().data() + i * sizeof(value), sizeof(value));
  return static_cast<uint8_t>(
      std::lround(std::clamp(std::isnan(value) ? 0.0F : value, 0.0F, 1.0F) * 255.0F));
}

absl::StatusOr<Image> FromTensor(const v1::SampleRecord& record) {
  const v1::TensorSpec& spec = record.tensor_spec();
  const size_t bytes = record.content().size();
  const size_t element = spec.data_type() == v1::DATA_TYPE_UINT8     ? 1
                         : spec.data_type() == v1::DATA_TYPE_FLOAT32 ? 4
                                                                     : 0;
  if (element == 0 || spec.shape_size() != 3) return NotAPicture(spec, bytes);
  Image image{spec.shape(2), spec.shape(1), spec.shape(0), {}};
  const uint64_t plane = uint64_t{image.width} * image.height;
  const bool sizes_fit = (image.channels == 1 || image.channels == 3) && plane > 0 &&
                         plane <= kMaxPixels && bytes == plane * image.channels * element;
  if (!sizes_fit) return NotAPicture(spec, bytes);
  image.pixels.resize(plane * image.channels);
  for (size_t at = 0; at < image.pixels.size(); ++at) {
    // Planes on the wire, interleaved in an Image.
    image.pixels[at] = Pixel(record, (at % image.channels) * plane + at / image.channels);
  }
  return image;
}

}  // namespace

absl::StatusOr<Image> PictureOf(const v1::SampleRecord& record) {
  if (record.content_type() == kTensorContentType) return FromTensor(record);
  return DecodeImage(record.content(), 3);
}

absl::StatusOr<Media> MediaOf(const v1::SampleRecord& record) {
  if (record.content_type() != kTensorContentType) {
    std::string type(SniffImageType(record.content()));
    if (!type.empty()) return Media{std::move(type), record.content()};
    return absl::InvalidArgumentError(
        absl::StrCat("content of type \"", record.content_type(), "\" is neither PNG nor JPEG"));
  }
  PROVNET_ASSIGN_OR_RETURN(Image image, FromTensor(record));
  PROVNET_ASSIGN_OR_RETURN(std::string png, EncodePng(image));
  return Media{"image/png", std::move(png)};
}

}  // namespace provnet
