#ifndef PROVNET_TRAINER_AUDIT_REGISTERED_IMAGE_H_
#define PROVNET_TRAINER_AUDIT_REGISTERED_IMAGE_H_

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "trainer/data/dataset.h"

namespace provnet {

// A small shift and turn about the image's centre, in pixels and radians.
struct Motion {
  double dx = 0;
  double dy = 0;
  double angle = 0;
};

// How far registration moves an image at most: 1/12 of the larger side along each axis, 10 degrees.
inline constexpr double kLargestShift = 1.0 / 12;
inline constexpr double kLargestAngle = 10 * 3.14159265358979 / 180;

// Sides are reduced to at most this many pixels before images are compared.
inline constexpr uint32_t kRegistrationSide = 32;

// An image as it is compared with others: values 0..1, at most kRegistrationSide pixels a side,
// blurred (twice by the binomial 1 2 1) so that a pixel's noise and the interpolation of a moved
// image count little, and so that slopes mean something beyond one pixel. A value, immutable.
class RegisteredImage {
 public:
  // [channels, height, width], as a Dataset holds it.
  RegisteredImage(std::span<const uint8_t> pixels, uint32_t channels, uint32_t height,
                  uint32_t width);

  uint32_t height() const { return height_; }
  uint32_t width() const { return width_; }
  uint32_t channels() const { return channels_; }
  // [channels, height, width].
  std::span<const float> values() const { return values_; }
  // Of the white noise that the image had before it was blurred; 0 when it is flat for the most
  // part.
  double noise_variance() const { return noise_variance_; }
  // Bilinear, the border repeated beyond it.
  float At(uint32_t channel, float x, float y) const;

 private:
  uint32_t channels_;
  uint32_t height_;
  uint32_t width_;
  std::vector<float> values_;
  double noise_variance_ = 0;
};

// Finds how far other images are from one image once they are laid over it as well as a small
// motion allows: Gauss-Newton on the squared differences, in the inverse compositional form (Baker,
// Matthews, "Lucas-Kanade 20 Years On", IJCV 2004), where all that depends on the fixed image is
// computed once. Its first step is the tangent distance of Simard, LeCun, Denker (NIPS 1993).
// Thread-safe.
class Registration {
 public:
  // `fixed` outlives this object.
  explicit Registration(const RegisteredImage& fixed);

  // Root of the summed squared differences over the pixels inside a margin of the largest shift,
  // once motion and light (a factor up to 1.25, and any offset) are fitted, less what is to be
  // expected where one image has more noise than the other. `moving` has the size of `fixed`. Some
  // 30 us for 28 x 28.
  double Distance(const RegisteredImage& moving) const;

 private:
  double SquaredDifference(const RegisteredImage& moving, const Motion& motion,
                           std::array<double, 3>* slope) const;
  bool Allowed(const Motion& motion) const;

  const RegisteredImage& fixed_;
  const uint32_t margin_;
  // At each pixel inside the margin: how the fixed image changes with dx, dy and angle.
  std::vector<std::array<float, 3>> steepest_;
  // The inverse of the sum of their outer products; zero for an image without slopes.
  std::array<std::array<double, 3>, 3> inverse_hessian_{};
};

}  // namespace provnet

#endif  // PROVNET_TRAINER_AUDIT_REGISTERED_IMAGE_H_
