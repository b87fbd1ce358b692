#include "server/service/input_decoder.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

static_assert(std::endian::native == std::endian::little, "FLOAT32 tensors are little-endian");

size_t ElementCount(const v1::InputSpec& spec) {
  return size_t{spec.channels()} * spec.height() * spec.width();
}

// Interleaved bytes to planes of floats.
std::vector<float> ToPlanes(const Image& image) {
  const size_t pixel_count = size_t{image.width} * image.height;
  std::vector<float> planes(pixel_count * image.channels);
  for (size_t channel = 0; channel < image.channels; ++channel) {
    for (size_t i = 0; i < pixel_count; ++i) {
      planes[channel * pixel_count + i] =
          static_cast<float>(image.pixels[i * image.channels + channel]) / 255.0F;
    }
  }
  return planes;
}

absl::StatusOr<std::vector<float>> DecodeEncodedImage(const std::string& bytes,
                                                      const v1::InputSpec& spec,
                                                      const ImageLimits& limits) {
  PROVNET_ASSIGN_OR_RETURN(Image image, DecodeImage(bytes, spec.channels(), limits));
  return ToPlanes(Resize(std::move(image), spec.width(), spec.height()));
}

absl::Status CheckTensorSpec(const v1::Tensor& tensor, const v1::InputSpec& spec) {
  const v1::DataType type = tensor.spec().data_type();
  if (type != v1::DATA_TYPE_UINT8 && type != v1::DATA_TYPE_FLOAT32) {
    return absl::InvalidArgumentError(
        absl::StrCat("tensor data_type is ", static_cast<int>(type), " (",
                     v1::DataType_IsValid(type) ? v1::DataType_Name(type) : "unknown",
                     "), expected DATA_TYPE_UINT8 or DATA_TYPE_FLOAT32"));
  }
  const auto& shape = tensor.spec().shape();
  if (shape.size() != 3 || shape[0] != spec.channels() || shape[1] != spec.height() ||
      shape[2] != spec.width()) {
    constexpr int kShown = 8;
    const int shown = std::min<int>(shape.size(), kShown);
    return absl::InvalidArgumentError(
        absl::StrCat("tensor shape is [", absl::StrJoin(shape.begin(), shape.begin() + shown, ", "),
                     shape.size() > kShown ? ", ..." : "", "], the model takes [", spec.channels(),
                     ", ", spec.height(), ", ", spec.width(), "] (channels, height, width)"));
  }
  const size_t element_bytes = type == v1::DATA_TYPE_UINT8 ? 1 : sizeof(float);
  const size_t expected = ElementCount(spec) * element_bytes;
  if (tensor.data().size() != expected) {
    return absl::InvalidArgumentError(
        absl::StrCat("tensor data has ", tensor.data().size(), " bytes, expected ", expected, " (",
                     ElementCount(spec), " elements of ", v1::DataType_Name(type), ")"));
  }
  return absl::OkStatus();
}

absl::Status CheckFinite(const std::vector<float>& values, const v1::InputSpec& spec) {
  for (size_t i = 0; i < values.size(); ++i) {
    if (std::isfinite(values[i])) continue;
    const size_t plane = size_t{spec.height()} * spec.width();
    return absl::InvalidArgumentError(absl::StrCat(
        "tensor element ", i, " (channel ", i / plane, ", row ", i % plane / spec.width(),
        ", column ", i % spec.width(), ") is ", values[i], ", expected a finite number"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<float>> DecodeTensor(const v1::Tensor& tensor,
                                                const v1::InputSpec& spec) {
  PROVNET_RETURN_IF_ERROR(CheckTensorSpec(tensor, spec));
  std::vector<float> values(ElementCount(spec));
  if (tensor.spec().data_type() == v1::DATA_TYPE_FLOAT32) {
    std::memcpy(values.data(), tensor.data().data(), tensor.data().size());
    PROVNET_RETURN_IF_ERROR(CheckFinite(values, spec));
    return values;
  }
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>(static_cast<uint8_t>(tensor.data()[i])) / 255.0F;
  return values;
}

// Both kinds of request have the same inputs.
template <typename Request>
absl::StatusOr<std::vector<float>> Decode(const Request& request, const v1::InputSpec& spec,
                                          const ImageLimits& limits) {
  switch (request.input_case()) {
    case Request::kEncodedImage:
      return DecodeEncodedImage(request.encoded_image(), spec, limits);
    case Request::kTensor:
      return DecodeTensor(request.tensor(), spec);
    case Request::INPUT_NOT_SET:
      break;
  }
  return absl::InvalidArgumentError(
      "the request has no input, expected encoded_image (PNG or JPEG) or tensor");
}

}  // namespace

absl::StatusOr<std::vector<float>> DecodeInput(const v1::ExplainRequest& request,
                                               const v1::InputSpec& spec,
                                               const ImageLimits& limits) {
  return Decode(request, spec, limits);
}

absl::StatusOr<std::vector<float>> DecodeInput(const v1::CheckMembershipRequest& request,
                                               const v1::InputSpec& spec,
                                               const ImageLimits& limits) {
  return Decode(request, spec, limits);
}

std::optional<std::string> ToBytes(const std::vector<float>& input) {
  std::string bytes;
  bytes.reserve(input.size());
  for (const float value : input) {
    const float byte = std::round(value * 255.0F);
    if (!(byte >= 0 && byte <= 255) || byte / 255.0F != value) return std::nullopt;
    bytes.push_back(static_cast<char>(static_cast<uint8_t>(byte)));
  }
  return bytes;
}

}  // namespace provnet
