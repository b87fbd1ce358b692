#include "trainer/data/augment.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <numbers>

namespace provnet {
namespace {

// Where output pixel (x, y) comes from: source = linear * (x, y) + offset.
struct InverseMap {
  float xx, xy, x0;
  float yx, yy, y0;
};

// Turned by `angle` (radians), enlarged by `zoom` about the centre, then moved.
InverseMap MapOf(uint32_t height, uint32_t width, double angle, double zoom, double shift_x,
                 double shift_y) {
  const double cosine = std::cos(angle) / zoom;
  const double sine = std::sin(angle) / zoom;
  const double centre_x = (width - 1) / 2.0;
  const double centre_y = (height - 1) / 2.0;
  const double from_x = centre_x + shift_x;
  const double from_y = centre_y + shift_y;
  return {static_cast<float>(cosine),
          static_cast<float>(sine),
          static_cast<float>(centre_x - cosine * from_x - sine * from_y),
          static_cast<float>(-sine),
          static_cast<float>(cosine),
          static_cast<float>(centre_y + sine * from_x - cosine * from_y)};
}

// The same movement of the mirrored image.
InverseMap Mirrored(const InverseMap& map, uint32_t width) {
  return {-map.xx, -map.xy, static_cast<float>(width - 1) - map.x0, map.yx, map.yy, map.y0};
}

double Radians(double degrees) { return degrees * std::numbers::pi / 180.0; }

// Draws the same number of values whatever the options.
InverseMap DrawMap(uint32_t height, uint32_t width, const AugmentOptions& options, Rng& rng) {
  const double angle = Radians(rng.Uniform(-1, 1) * options.rotation_degrees);
  const double zoom = 1.0 + rng.Uniform(-1, 1) * options.scale;
  const double shift_x = rng.Uniform(-1, 1) * options.translation_pixels;
  const double shift_y = rng.Uniform(-1, 1) * options.translation_pixels;
  return MapOf(height, width, angle, zoom, shift_x, shift_y);
}

// std::floor is a library call on the x86-64 that compilers assume.
int Floor(float value) {
  const int truncated = static_cast<int>(value);
  return truncated - (value < static_cast<float>(truncated) ? 1 : 0);
}

float Bilinear(float a, float b, float c, float d, float fx, float fy) {
  const float top = a + (b - a) * fx;
  const float bottom = c + (d - c) * fx;
  return top + (bottom - top) * fy;
}

// For a source point whose four neighbours need not all lie inside; those outside count as zero.
float SampleAtEdge(const uint8_t* plane, int height, int width, int x, int y, float fx, float fy) {
  const auto at = [&](int px, int py) {
    return px >= 0 && px < width && py >= 0 && py < height
               ? static_cast<float>(plane[py * width + px])
               : 0.0f;
  };
  return Bilinear(at(x, y), at(x + 1, y), at(x, y + 1), at(x + 1, y + 1), fx, fy);
}

void Warp(const uint8_t* plane, int height, int width, const InverseMap& map, float* out) {
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const float source_x = map.xx * x + map.xy * y + map.x0;
      const float source_y = map.yx * x + map.yy * y + map.y0;
      const int left = Floor(source_x);
      const int top = Floor(source_y);
      const float fx = source_x - static_cast<float>(left);
      const float fy = source_y - static_cast<float>(top);
      float value;
      if (left >= 0 && left + 1 < width && top >= 0 && top + 1 < height) {
        const uint8_t* corner = plane + ptrdiff_t{top} * width + left;
        value = Bilinear(corner[0], corner[1], corner[width], corner[width + 1], fx, fy);
      } else {
        value = SampleAtEdge(plane, height, width, left, top, fx, fy);
      }
      *out++ = value / 255.0f;
    }
  }
}

void WarpPlanes(std::span<const uint8_t> image, uint32_t channels, uint32_t height, uint32_t width,
                const InverseMap& map, float* out) {
  const size_t plane_size = size_t{height} * width;
  assert(image.size() == channels * plane_size);
  for (uint32_t c = 0; c < channels; ++c) {
    Warp(image.data() + c * plane_size, static_cast<int>(height), static_cast<int>(width), map,
         out + c * plane_size);
  }
}

void AddNoise(std::span<float> values, double stddev, Rng& rng) {
  for (float& value : values) {
    value = std::clamp(value + static_cast<float>(stddev * rng.Normal()), 0.0f, 1.0f);
  }
}

}  // namespace

AugmentOptions PhotographViews() {
  return {.rotation_degrees = 0,
          .translation_pixels = 3,
          .scale = 0.1,
          .noise_stddev = 0,
          .noise_probability = 0,
          .flip_probability = 0.5};
}

bool Distorts(const AugmentOptions& options) {
  return options.flip_probability > 0 || options.rotation_degrees != 0 ||
         options.translation_pixels != 0 || options.scale != 0 ||
         (options.noise_stddev != 0 && options.noise_probability != 0);
}

void AugmentInto(std::span<const uint8_t> image, uint32_t channels, uint32_t height, uint32_t width,
                 const AugmentOptions& options, Rng& rng, float* out) {
  InverseMap map = DrawMap(height, width, options, rng);
  // Draws nothing where nothing is mirrored, so that other views are what they were without
  // mirroring.
  if (options.flip_probability > 0 && rng.Uniform() < options.flip_probability) {
    map = Mirrored(map, width);
  }
  const bool noisy = rng.Uniform() < options.noise_probability && options.noise_stddev > 0;
  WarpPlanes(image, channels, height, width, map, out);
  if (noisy) AddNoise({out, image.size()}, options.noise_stddev, rng);
}

void RotateInto(std::span<const uint8_t> image, uint32_t channels, uint32_t height, uint32_t width,
                double degrees, float* out) {
  WarpPlanes(image, channels, height, width, MapOf(height, width, Radians(degrees), 1, 0, 0), out);
}

void ShiftInto(std::span<const uint8_t> image, uint32_t channels, uint32_t height, uint32_t width,
               int dx, int dy, std::span<uint8_t> out) {
  assert(image.size() == size_t{channels} * height * width && out.size() == image.size());
  std::fill(out.begin(), out.end(), uint8_t{0});
  // What of each row stays inside.
  const int64_t first = std::max<int64_t>(0, -int64_t{dx});
  const int64_t last = std::min<int64_t>(width, int64_t{width} - dx);
  if (first >= last) return;
  for (size_t row = 0; row < size_t{channels} * height; ++row) {
    const int64_t y = static_cast<int64_t>(row % height) + dy;
    if (y < 0 || y >= int64_t{height}) continue;
    const uint8_t* from = image.data() + row * width + first;
    const size_t to = (row - row % height + y) * width + first + dx;
    std::memcpy(out.data() + to, from, static_cast<size_t>(last - first));
  }
}

}  // namespace provnet
