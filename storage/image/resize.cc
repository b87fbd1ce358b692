#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "storage/image/image.h"

// Each output pixel is a weighted mean of input pixels under a triangle that is one input pixel
// wide to each side when enlarging (bilinear interpolation) and one output pixel when shrinking, so
// that every input pixel counts. The triangle is separable: rows first, then columns. Cost: O(width
// * height_in * taps) + O(width * height * taps). The filter is the one of Pillow's Image.BILINEAR.

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

// [height, width_in, channels] -> [height, width_out, channels].
std::vector<float> ResizeRows(const Image& image, const std::vector<Taps>& taps) {
  const size_t channels = image.channels;
  std::vector<float> out(size_t{image.height} * taps.size() * channels);
  for (size_t y = 0; y < image.height; ++y) {
    const uint8_t* row = image.pixels.data() + y * image.width * channels;
    float* cell = out.data() + y * taps.size() * channels;
    for (const Taps& tap : taps) {
      for (size_t k = 0; k < tap.weights.size(); ++k) {
        const uint8_t* pixel = row + (tap.first + k) * channels;
        for (size_t c = 0; c < channels; ++c) cell[c] += tap.weights[k] * pixel[c];
      }
      cell += channels;
    }
  }
  return out;
}

// [height_in, row] -> [height_out, row], rounded. `row` is width * channels.
std::vector<uint8_t> ResizeColumns(const std::vector<float>& in, size_t row,
                                   const std::vector<Taps>& taps) {
  std::vector<uint8_t> out(taps.size() * row);
  std::vector<float> sums(row);
  for (size_t y = 0; y < taps.size(); ++y) {
    std::fill(sums.begin(), sums.end(), 0.0f);
    for (size_t k = 0; k < taps[y].weights.size(); ++k) {
      const float* source = in.data() + (taps[y].first + k) * row;
      for (size_t x = 0; x < row; ++x) sums[x] += taps[y].weights[k] * source[x];
    }
    for (size_t x = 0; x < row; ++x) {
      out[y * row + x] = static_cast<uint8_t>(std::clamp(sums[x] + 0.5f, 0.0f, 255.0f));
    }
  }
  return out;
}

}  // namespace

Image Resize(Image image, uint32_t width, uint32_t height) {
  if (image.width == width && image.height == height) return image;
  const std::vector<float> rows = ResizeRows(image, ComputeTaps(image.width, width));
  Image resized{width, height, image.channels, {}};
  resized.pixels =
      ResizeColumns(rows, size_t{width} * image.channels, ComputeTaps(image.height, height));
  return resized;
}

}  // namespace provnet
