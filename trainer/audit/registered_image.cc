#include "trainer/audit/registered_image.h"

#include <algorithm>
#include <cmath>

#include "storage/image/image.h"

namespace provnet {
namespace {

constexpr int kBlurPasses = 2;
constexpr int kMaxSteps = 8;
// Pixels; below it a further step changes nothing that matters.
constexpr double kConverged = 0.02;
// Light may differ by this factor, and by any offset.
constexpr double kLargestGain = 1.25;
// What blurring leaves of white noise's variance: the squares of the binomial coefficients of order
// 4 sum to C(8,4) / 2^8 along each axis.
constexpr double kNoiseLeft = 70.0 / 256 * 70 / 256;

// The planes as an interleaved image, reduced so that no side is longer than kRegistrationSide.
Image Reduced(std::span<const uint8_t> pixels, uint32_t channels, uint32_t height, uint32_t width) {
  Image image{width, height, channels, std::vector<uint8_t>(pixels.size())};
  const size_t plane = size_t{height} * width;
  for (size_t i = 0; i < pixels.size(); ++i) {
    image.pixels[(i % plane) * channels + i / plane] = pixels[i];
  }
  const uint32_t side = std::max(height, width);
  if (side <= kRegistrationSide) return image;
  const auto reduced = [side](uint32_t extent) {
    return std::max<uint32_t>(1,
                              static_cast<uint32_t>(uint64_t{extent} * kRegistrationSide / side));
  };
  return Resize(std::move(image), reduced(width), reduced(height));
}

// Binomial 1 2 1 along rows (step 1) or columns (step width), the border repeated.
void BlurAlong(std::span<float> plane, size_t count, size_t step, size_t lines, size_t line_step) {
  std::vector<float> line(count);
  for (size_t l = 0; l < lines; ++l) {
    for (size_t i = 0; i < count; ++i) line[i] = plane[l * line_step + i * step];
    for (size_t i = 0; i < count; ++i) {
      const float before = line[i > 0 ? i - 1 : 0], after = line[i + 1 < count ? i + 1 : i];
      plane[l * line_step + i * step] = (before + 2 * line[i] + after) / 4;
    }
  }
}

// What it takes to fit fixed = gain * moved + offset over the pixels.
template <typename Number>
struct LightSums {
  Number count = 0, moved = 0, fixed = 0, moved_moved = 0, moved_fixed = 0, fixed_fixed = 0;

  void Add(float m, float f) {
    count += 1;
    moved += m;
    fixed += f;
    moved_moved += m * m;
    moved_fixed += m * f;
    fixed_fixed += f * f;
  }
  void Add(const LightSums<float>& other) {
    count += other.count;
    moved += other.moved;
    fixed += other.fixed;
    moved_moved += other.moved_moved;
    moved_fixed += other.moved_fixed;
    fixed_fixed += other.fixed_fixed;
  }
  // What the best gain within its bounds, and the best offset, leave.
  double SquaredDifference() const {
    const double mm = moved_moved - moved * moved / count;
    const double mf = moved_fixed - moved * fixed / count;
    const double ff = fixed_fixed - fixed * fixed / count;
    const double gain = std::clamp(mm > 0 ? mf / mm : 1, 1 / kLargestGain, kLargestGain);
    return std::max(ff - 2 * gain * mf + gain * gain * mm, 0.0);
  }
};

void Blur(std::span<float> plane, size_t width, size_t height) {
  for (int pass = 0; pass < kBlurPasses; ++pass) {
    BlurAlong(plane, width, 1, height, width);
    BlurAlong(plane, height, width, width, 1);
  }
}

// The variance of white noise in a plane, from the median response of a mask that is blind to
// shades and straight edges (Immerkaer, "Fast Noise Variance Estimation", CVIU 1996); 0 for planes
// that are flat for the most part. `responses` is scratch space.
double NoiseVariance(std::span<const float> plane, size_t width, size_t height,
                     std::vector<float>& responses) {
  responses.clear();
  for (size_t y = 1; y + 1 < height; ++y) {
    const float *above = &plane[(y - 1) * width], *row = above + width, *below = row + width;
    for (size_t x = 1; x + 1 < width; ++x) {
      const auto second = [x](const float* line) {
        return line[x - 1] - 2 * line[x] + line[x + 1];
      };
      // The mask's coefficients have a square sum of 36.
      responses.push_back(std::abs(second(above) - 2 * second(row) + second(below)) / 6);
    }
  }
  if (responses.empty()) return 0;
  const auto median = responses.begin() + static_cast<ptrdiff_t>(responses.size() / 2);
  std::nth_element(responses.begin(), median, responses.end());
  const double deviation = *median / 0.6745;
  return deviation * deviation;
}

using Matrix3 = std::array<std::array<double, 3>, 3>;

// Of a symmetric positive definite matrix; zero when it is singular for practical purposes.
Matrix3 Inverse(const Matrix3& m) {
  Matrix3 cofactors;
  for (size_t i = 0; i < 3; ++i) {
    for (size_t j = 0; j < 3; ++j) {
      const size_t a = (i + 1) % 3, b = (i + 2) % 3, c = (j + 1) % 3, d = (j + 2) % 3;
      cofactors[j][i] = m[a][c] * m[b][d] - m[a][d] * m[b][c];
    }
  }
  const double determinant =
      m[0][0] * cofactors[0][0] + m[0][1] * cofactors[1][0] + m[0][2] * cofactors[2][0];
  if (!(determinant > 1e-9 * m[0][0] * m[1][1] * m[2][2])) return {};
  for (auto& row : cofactors) {
    for (double& value : row) value /= determinant;
  }
  return cofactors;
}

// `motion` after the inverse of `step`.
Motion Compose(const Motion& motion, const Motion& step) {
  const double angle = motion.angle - step.angle;
  const double cosine = std::cos(angle), sine = std::sin(angle);
  return {motion.dx - (cosine * step.dx - sine * step.dy),
          motion.dy - (sine * step.dx + cosine * step.dy), angle};
}

}  // namespace

RegisteredImage::RegisteredImage(std::span<const uint8_t> pixels, uint32_t channels,
                                 uint32_t height, uint32_t width)
    : channels_(channels) {
  const Image image = Reduced(pixels, channels, height, width);
  height_ = image.height;
  width_ = image.width;
  const size_t plane = size_t{height_} * width_;
  values_.resize(plane * channels);
  for (size_t i = 0; i < values_.size(); ++i) {
    values_[i] = static_cast<float>(image.pixels[(i % plane) * channels + i / plane]) / 255.0F;
  }
  std::vector<float> responses;
  for (uint32_t c = 0; c < channels; ++c) {
    const std::span<float> values(values_.data() + c * plane, plane);
    noise_variance_ += NoiseVariance(values, width_, height_, responses) / channels;
    Blur(values, width_, height_);
  }
}

float RegisteredImage::At(uint32_t channel, float x, float y) const {
  x = std::clamp(x, 0.0F, static_cast<float>(width_ - 1));
  y = std::clamp(y, 0.0F, static_cast<float>(height_ - 1));
  const auto left = static_cast<uint32_t>(x), top = static_cast<uint32_t>(y);
  const float fx = x - static_cast<float>(left), fy = y - static_cast<float>(top);
  const float* corner = values_.data() + (size_t{channel} * height_ + top) * width_ + left;
  const size_t right = left + 1 < width_, below = top + 1 < height_ ? width_ : 0;
  const float upper = corner[0] + (corner[right] - corner[0]) * fx;
  const float lower = corner[below] + (corner[below + right] - corner[below]) * fx;
  return upper + (lower - upper) * fy;
}

Registration::Registration(const RegisteredImage& fixed)
    : fixed_(fixed),
      margin_(std::min(
          static_cast<uint32_t>(std::ceil(kLargestShift * std::max(fixed.height(), fixed.width()))),
          (std::min(fixed.height(), fixed.width()) - 1) / 2)) {
  const double centre_x = (fixed.width() - 1) / 2.0, centre_y = (fixed.height() - 1) / 2.0;
  Matrix3 hessian{};
  for (uint32_t c = 0; c < fixed.channels(); ++c) {
    for (uint32_t y = margin_; y < fixed.height() - margin_; ++y) {
      for (uint32_t x = margin_; x < fixed.width() - margin_; ++x) {
        const auto u = static_cast<float>(x), v = static_cast<float>(y);
        const float gx = (fixed.At(c, u + 1, v) - fixed.At(c, u - 1, v)) / 2;
        const float gy = (fixed.At(c, u, v + 1) - fixed.At(c, u, v - 1)) / 2;
        const auto turn = static_cast<float>(gy * (x - centre_x) - gx * (y - centre_y));
        steepest_.push_back({gx, gy, turn});
        for (size_t i = 0; i < 3; ++i) {
          for (size_t j = 0; j < 3; ++j) {
            hessian[i][j] += double{steepest_.back()[i]} * steepest_.back()[j];
          }
        }
      }
    }
  }
  inverse_hessian_ = Inverse(hessian);
}

bool Registration::Allowed(const Motion& motion) const {
  const double shift = kLargestShift * std::max(fixed_.height(), fixed_.width());
  return std::abs(motion.dx) <= shift && std::abs(motion.dy) <= shift &&
         std::abs(motion.angle) <= kLargestAngle;
}

// Also adds up, in `slope`, the differences times the steepest descent images.
double Registration::SquaredDifference(const RegisteredImage& moving, const Motion& motion,
                                       std::array<double, 3>* slope) const {
  const float centre_x = static_cast<float>(fixed_.width() - 1) / 2;
  const float centre_y = static_cast<float>(fixed_.height() - 1) / 2;
  const auto cosine = static_cast<float>(std::cos(motion.angle));
  const auto sine = static_cast<float>(std::sin(motion.angle));
  const float left = static_cast<float>(margin_) - centre_x;
  LightSums<double> sums;
  const std::array<float, 3>* steepest = steepest_.data();
  for (uint32_t c = 0; c < fixed_.channels(); ++c) {
    const float* plane = fixed_.values().data() + size_t{c} * fixed_.height() * fixed_.width();
    for (uint32_t y = margin_; y < fixed_.height() - margin_; ++y) {
      const float v = static_cast<float>(y) - centre_y;
      float moved_x = cosine * left - sine * v + centre_x + static_cast<float>(motion.dx);
      float moved_y = sine * left + cosine * v + centre_y + static_cast<float>(motion.dy);
      // A row's sums in single precision: some 30 numbers.
      LightSums<float> row;
      std::array<float, 3> row_slope{};
      for (uint32_t x = margin_; x < fixed_.width() - margin_; ++x, ++steepest) {
        const float moved = moving.At(c, moved_x, moved_y), fixed = plane[y * fixed_.width() + x];
        row.Add(moved, fixed);
        for (size_t i = 0; i < 3; ++i) row_slope[i] += (moved - fixed) * (*steepest)[i];
        moved_x += cosine;
        moved_y += sine;
      }
      sums.Add(row);
      for (size_t i = 0; i < 3; ++i) (*slope)[i] += double{row_slope[i]};
    }
  }
  return sums.SquaredDifference();
}

double Registration::Distance(const RegisteredImage& moving) const {
  const double radius = std::max(fixed_.height(), fixed_.width()) / 2.0;
  Motion motion;
  double best = 0;
  for (int step = 0; step <= kMaxSteps; ++step) {
    std::array<double, 3> slope{};
    const double squared = SquaredDifference(moving, motion, &slope);
    if (step > 0 && squared >= best) break;
    best = squared;
    std::array<double, 3> change{};
    for (size_t i = 0; i < 3; ++i) {
      for (size_t j = 0; j < 3; ++j) change[i] += inverse_hessian_[i][j] * slope[j];
    }
    motion = Compose(motion, {change[0], change[1], change[2]});
    const bool settled =
        std::abs(change[0]) + std::abs(change[1]) + std::abs(change[2]) * radius < kConverged;
    if (settled || !Allowed(motion)) break;
  }
  const double noise = std::abs(moving.noise_variance() - fixed_.noise_variance()) * kNoiseLeft *
                       static_cast<double>(steepest_.size());
  return std::sqrt(std::max(best - noise, 0.0));
}

}  // namespace provnet
