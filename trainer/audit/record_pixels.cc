#include "trainer/audit/record_pixels.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "storage/base/status_macros.h"
#include "storage/image/image.h"

namespace provnet {
namespace {

constexpr char kTensorContentType[] = "application/vnd.provnet.tensor";

absl::StatusOr<std::vector<uint8_t>> FromTensor(const v1::SampleRecord& record,
                                                const v1::InputSpec& input) {
  const v1::TensorSpec& spec = record.tensor_spec();
  const size_t elements = size_t{input.channels()} * input.height() * input.width();
  const size_t bytes = record.content().size();
  const bool shape_fits = spec.shape_size() == 3 && spec.shape(0) == input.channels() &&
                          spec.shape(1) == input.height() && spec.shape(2) == input.width();
  if (shape_fits && spec.data_type() == v1::DATA_TYPE_UINT8 && bytes == elements) {
    return std::vector<uint8_t>(record.content().begin(), record.content().end());
  }
  if (shape_fits && spec.data_type() == v1::DATA_TYPE_FLOAT32 && bytes == elements * 4) {
    std::vector<float> values(elements);
    std::memcpy(values.data(), record.content().data(), bytes);
    std::vector<uint8_t> pixels;
    for (const float value : values) {
      const float shown = std::isnan(value) ? 0.0F : std::clamp(value, 0.0F, 1.0F);
      pixels.push_back(static_cast<uint8_t>(std::lround(shown * 255)));
    }
    return pixels;
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "a tensor of ", v1::DataType_Name(spec.data_type()), " [", absl::StrJoin(spec.shape(), ", "),
      "] with ", bytes, " bytes, expected UINT8 or FLOAT32 [", input.channels(), ", ",
      input.height(), ", ", input.width(), "]"));
}

}  // namespace

absl::StatusOr<std::vector<uint8_t>> RecordPixels(const v1::SampleRecord& record,
                                                  const v1::InputSpec& input) {
  if (record.content_type() == kTensorContentType) return FromTensor(record, input);
  PROVNET_ASSIGN_OR_RETURN(Image decoded, DecodeImage(record.content(), input.channels()));
  const Image image = Resize(std::move(decoded), input.width(), input.height());
  std::vector<uint8_t> pixels(image.pixels.size());
  const size_t plane = size_t{image.height} * image.width;
  for (size_t i = 0; i < pixels.size(); ++i) {
    pixels[(i % image.channels) * plane + i / image.channels] = image.pixels[i];
  }
  return pixels;
}

}  // namespace provnet
