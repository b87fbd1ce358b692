#ifndef PROVNET_TRAINER_DATA_GLYPHS_H_
#define PROVNET_TRAINER_DATA_GLYPHS_H_

#include <cstdint>

#include "trainer/data/dataset.h"

namespace provnet {

// Generated handwritten-looking digits 0-9, 28x28 grey: pen strokes in one of several writing
// variants under a random affine and a smooth elastic distortion, drawn with a random pen.
// `train_size` training and max(1000, train_size / 6) test images, from independent streams of
// `seed`; classes of equal size (to within one) in random order; no two of all the images are
// equal. Pixels depend on `train_size` and `seed` alone, not on platform or threads, and a larger
// `train_size` continues the same training images (as long as no redrawn duplicate intervenes).
// `threads` = 0 takes one for each processor. About 30 us an image and core.
DatasetPair MakeGlyphs(uint64_t train_size, uint64_t seed, unsigned threads = 0);

}  // namespace provnet

#endif  // PROVNET_TRAINER_DATA_GLYPHS_H_
