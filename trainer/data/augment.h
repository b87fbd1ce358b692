#ifndef PROVNET_TRAINER_DATA_AUGMENT_H_
#define PROVNET_TRAINER_DATA_AUGMENT_H_

#include <cstdint>
#include <span>

#include "trainer/data/random.h"

namespace provnet {

// How far a random view may stray from its image. Zero switches a distortion off; all zero is the
// identity.
struct AugmentOptions {
  // Rotation about the centre, uniform in +-degrees.
  double rotation_degrees = 15.0;
  // Translation along each axis, uniform in +-pixels.
  double translation_pixels = 2.0;
  // Zoom factor, uniform in 1 +- scale; below 1.
  double scale = 0.10;
  // Gaussian noise of this standard deviation (pixel values are 0..1), added to a view with this
  // probability.
  double noise_stddev = 0.2;
  double noise_probability = 0.5;
  // Mirroring, left to right, with this probability, before anything else: for photographs, whose
  // mirror images are as plausible; not for digits or text.
  double flip_probability = 0;
};

// How far views of photographs may stray: moved, zoomed and mirrored, neither turned nor noisy.
AugmentOptions PhotographViews();

// Whether a random view can differ from its image.
bool Distorts(const AugmentOptions& options);

// Writes one random view of `image` ([channels, height, width], row-major, 0..255) to `out`: as
// many floats, in the same order, value / 255 clamped to 0..1. Bilinear, zero outside the image;
// all channels move alike. About 10 us for 28x28. The result depends on the arguments and the state
// of `rng` alone. Thread-safe on distinct `rng` and `out`.
void AugmentInto(std::span<const uint8_t> image, uint32_t channels, uint32_t height, uint32_t width,
                 const AugmentOptions& options, Rng& rng, float* out);

// Writes `image` turned by `degrees` about its centre (clockwise on the screen for positive ones)
// to `out`, as AugmentInto writes a view. Thread-safe.
void RotateInto(std::span<const uint8_t> image, uint32_t channels, uint32_t height, uint32_t width,
                double degrees, float* out);

// Writes `image` moved right by `dx` and down by `dy` whole pixels (negative: left, up) to `out`,
// which holds as many bytes and doesn't overlap `image`; zero where nothing moved in. Thread-safe.
void ShiftInto(std::span<const uint8_t> image, uint32_t channels, uint32_t height, uint32_t width,
               int dx, int dy, std::span<uint8_t> out);

}  // namespace provnet

#endif  // PROVNET_TRAINER_DATA_AUGMENT_H_
