#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "storage/image/image.h"

// Each output pixel is a weighted mean of input pixels under a triangle that is one input pixel
// wide to each side when enlarging (bilinear interpolation) and one output pixel when shrinking, so
// that every input pixel counts. The triangle is separable: rows and columns, first those that
// leave less for the others. Cost: O(width * height_in * taps) + O(width * height * taps), or
// O(width_in * height * taps) in place of the first. The filter is the one of Pillow's
// Image.BILINEAR.

namespace provnet {
namespace {

// The input positions first .. first + weights.size() - 1 make up one output position; the weights
// sum to 1.
struct Taps {
  size_t first = 0;
  std::vector<float> weights;
};

std::vector<Taps> ComputeTaps(uint32_t in_size, uint32_t out_size) {
  const double scale = static_cast<double>(in_size) / out_size;
  const double radius = std::max(scale, 1.0);
  std::vector<Taps> taps(out_size);
  for (uint32_t i = 0; i < out_size; ++i) {
    const double center = (i + 0.5) * scale;
    const auto first = static_cast<size_t>(std::max(0.0, std::floor(center - radius)));
    const auto last = static_cast<size_t>(std::min<double>(in_size, std::ceil(center + radius)));
    taps[i].first = first;
    double sum = 0;
    for (size_t k = first; k < last; ++k) {
      const double distance = std::abs(static_cast<double>(k) + 0.5 - center) / radius;
      taps[i].weights.push_back(static_cast<float>(std::max(0.0, 1.0 - distance)));
      sum += taps[i].weights.back();
    }
    for (float& weight : taps[i].weights) weight = static_cast<float>(weight / sum);
  }
  return taps;
}

// `in` is [height, width_in, channels]; the result [height, width_out, channels].
template <typename Value>
std::vector<float> ResizeRows(const std::vector<Value>& in, size_t height, size_t width_in,
                              size_t channels, const std::vector<Taps>& taps) {
  std::vector<float> out(height * taps.size() * channels);
  for (size_t y = 0; y < height; ++y) {
    const Value* row = in.data() + y * width_in * channels;
    float* cell = out.data() + y * taps.size() * channels;
    for (const Taps& tap : taps) {
      for (size_t k = 0; k < tap.weights.size(); ++k) {
        const Value* pixel = row + (tap.first + k) * channels;
        for (size_t c = 0; c < channels; ++c)
          cell[c] += tap.weights[k] * static_cast<float>(pixel[c]);
      }
      cell += channels;
    }
  }
  return out;
}

// `in` is [height_in, row]; the result [height_out, row]. `row` is width * channels.
template <typename Value>
std::vector<float> ResizeColumns(const std::vector<Value>& in, size_t row,
                                 const std::vector<Taps>& taps) {
  std::vector<float> out(taps.size() * row);
  for (size_t y = 0; y < taps.size(); ++y) {
    float* sums = out.data() + y * row;
    for (size_t k = 0; k < taps[y].weights.size(); ++k) {
      const Value* source = in.data() + (taps[y].first + k) * row;
      for (size_t x = 0; x < row; ++x)
        sums[x] += taps[y].weights[k] * static_cast<float>(source[x]);
    }
  }
  return out;
}

std::vector<uint8_t> Rounded(const std::vector<float>& values) {
  std::vector<uint8_t> out(values.size());
  std::transform(values.begin(), values.end(), out.begin(), [](float value) {
    return static_cast<uint8_t>(std::clamp(value + 0.5f, 0.0f, 255.0f));
  });
  return out;
}

}  // namespace

Image Resize(Image image, uint32_t width, uint32_t height) {
  if (image.width == width && image.height == height) return image;
  const std::vector<Taps> across = ComputeTaps(image.width, width);
  const std::vector<Taps> down = ComputeTaps(image.height, height);
  const size_t channels = image.channels;
  Image resized{width, height, image.channels, {}};
  // What lies between the two is the larger the longer the image is that way: an image of one
  // column and millions of rows would take gigabytes.
  if (uint64_t{image.height} * width <= uint64_t{height} * image.width) {
    const auto rows = ResizeRows(image.pixels, image.height, image.width, channels, across);
    resized.pixels = Rounded(ResizeColumns(rows, width * channels, down));
  } else {
    const auto columns = ResizeColumns(image.pixels, image.width * channels, down);
    resized.pixels = Rounded(ResizeRows(columns, height, image.width, channels, across));
  }
  return resized;
}

}  // namespace provnet
