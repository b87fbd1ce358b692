#include "trainer/data/corruption.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "trainer/data/augment.h"
#include "trainer/data/random.h"

namespace provnet {
namespace {

constexpr uint64_t kCorruptionStream = 0xC0;

uint8_t ToPixel(double value) {
  return static_cast<uint8_t>(std::lround(std::clamp(value, 0.0, 1.0) * 255));
}

// One image of a data set, before and after.
struct Picture {
  const Dataset& shape;
  std::span<const uint8_t> in;
  std::span<uint8_t> out;

  int height() const { return static_cast<int>(shape.height); }
  int width() const { return static_cast<int>(shape.width); }
};

void AddNoise(const Picture& picture, double stddev, Rng& rng) {
  for (size_t i = 0; i < picture.in.size(); ++i) {
    picture.out[i] = ToPixel(picture.in[i] / 255.0 + stddev * rng.Normal());
  }
}

void Rotate(const Picture& picture, double degrees, Rng& rng) {
  const Dataset& shape = picture.shape;
  std::vector<float> turned(picture.in.size());
  RotateInto(picture.in, shape.channels, shape.height, shape.width,
             rng.Below(2) == 0 ? degrees : -degrees, turned.data());
  std::transform(turned.begin(), turned.end(), picture.out.begin(), ToPixel);
}

void Shift(const Picture& picture, double pixels, Rng& rng) {
  constexpr int kDirections[][2] = {{1, 0}, {-1, 0}, {0, 1},  {0, -1},
                                    {1, 1}, {1, -1}, {-1, 1}, {-1, -1}};
  const Dataset& shape = picture.shape;
  const auto& [dx, dy] = kDirections[rng.Below(std::size(kDirections))];
  const int by = static_cast<int>(
      std::lround(std::min(pixels, static_cast<double>(std::max(shape.height, shape.width)))));
  ShiftInto(picture.in, shape.channels, shape.height, shape.width, dx * by, dy * by, picture.out);
}

// Weights of the Gaussian at 0, 1, ... pixels from its centre, up to three deviations; their sum,
// counted on both sides, is 1.
std::vector<double> GaussianWeights(double stddev) {
  std::vector<double> weights(static_cast<size_t>(std::ceil(3 * stddev)) + 1);
  double sum = 0;
  for (size_t i = 0; i < weights.size(); ++i) {
    const double distance = static_cast<double>(i) / stddev;
    weights[i] = std::exp(-distance * distance / 2);
    sum += weights[i] * (i == 0 ? 1 : 2);
  }
  for (double& weight : weights) weight /= sum;
  return weights;
}

// Convolves `count` values that lie `stride` apart.
void BlurLine(std::span<double> values, size_t first, size_t stride, int count,
              const std::vector<double>& weights, std::vector<double>& scratch) {
  const int reach = static_cast<int>(weights.size()) - 1;
  scratch.assign(static_cast<size_t>(count), 0);
  for (int i = 0; i < count; ++i) {
    for (int j = std::max(0, i - reach); j <= std::min(count - 1, i + reach); ++j) {
      scratch[static_cast<size_t>(i)] += weights[static_cast<size_t>(std::abs(i - j))] *
                                         values[first + static_cast<size_t>(j) * stride];
    }
  }
  for (int i = 0; i < count; ++i) {
    values[first + static_cast<size_t>(i) * stride] = scratch[static_cast<size_t>(i)];
  }
}

// A Gaussian is separable: rows, then columns.
void Blur(const Picture& picture, double stddev, Rng&) {
  const size_t width = picture.shape.width, plane = width * picture.shape.height;
  const std::vector<double> weights = GaussianWeights(stddev);
  std::vector<double> values(picture.in.begin(), picture.in.end()), scratch;
  for (size_t begin = 0; begin < values.size(); begin += plane) {
    for (size_t y = 0; y < picture.shape.height; ++y) {
      BlurLine(values, begin + y * width, 1, picture.width(), weights, scratch);
    }
    for (size_t x = 0; x < width; ++x) {
      BlurLine(values, begin + x, width, picture.height(), weights, scratch);
    }
  }
  std::transform(values.begin(), values.end(), picture.out.begin(),
                 [](double value) { return ToPixel(value / 255); });
}

void Occlude(const Picture& picture, double side, Rng& rng) {
  const size_t height = picture.shape.height, width = picture.shape.width;
  const double shorter = static_cast<double>(std::min(height, width));
  const size_t square = static_cast<size_t>(std::lround(std::min(side, shorter)));
  // Uniform, so that the same draws serve all sides.
  const auto place = [&](size_t length) {
    const size_t places = length - square + 1;
    return std::min(places - 1, static_cast<size_t>(rng.Uniform() * static_cast<double>(places)));
  };
  const size_t top = place(height), left = place(width);
  std::copy(picture.in.begin(), picture.in.end(), picture.out.begin());
  for (size_t c = 0; c < picture.shape.channels; ++c) {
    for (size_t y = top; y < top + square; ++y) {
      const auto row = picture.out.subspan((c * height + y) * width + left, square);
      std::fill(row.begin(), row.end(), uint8_t{0});
    }
  }
}

void Corrupt(const Picture& picture, CorruptionKind kind, double strength, Rng& rng) {
  switch (kind) {
    case CorruptionKind::kNoise:
      return AddNoise(picture, strength, rng);
    case CorruptionKind::kRotation:
      return Rotate(picture, strength, rng);
    case CorruptionKind::kShift:
      return Shift(picture, strength, rng);
    case CorruptionKind::kBlur:
      return Blur(picture, strength, rng);
    case CorruptionKind::kOcclusion:
      return Occlude(picture, strength, rng);
  }
}

}  // namespace

std::string_view CorruptionName(CorruptionKind kind) {
  const std::string_view axis = CorruptionAxis(kind);
  return axis.substr(0, axis.find(' '));
}

std::string_view CorruptionAxis(CorruptionKind kind) {
  switch (kind) {
    case CorruptionKind::kNoise:
      return "noise (standard deviation)";
    case CorruptionKind::kRotation:
      return "rotation (degrees)";
    case CorruptionKind::kShift:
      return "shift (pixels)";
    case CorruptionKind::kBlur:
      return "blur (standard deviation in pixels)";
    case CorruptionKind::kOcclusion:
      return "occlusion (side of the square in pixels)";
  }
  return "unknown";
}

Dataset Corrupted(const Dataset& samples, CorruptionKind kind, double strength, uint64_t seed) {
  Dataset corrupted = samples;
  if (strength == 0) return corrupted;
  const uint64_t stream = MixSeed(MixSeed(seed, kCorruptionStream), static_cast<uint64_t>(kind));
  const std::span<uint8_t> pixels(corrupted.pixels);
  for (size_t i = 0; i < samples.size(); ++i) {
    Rng rng(MixSeed(stream, i));
    Corrupt({samples, samples.image(i),
             pixels.subspan(i * samples.image_bytes(), samples.image_bytes())},
            kind, strength, rng);
  }
  return corrupted;
}

}  // namespace provnet
