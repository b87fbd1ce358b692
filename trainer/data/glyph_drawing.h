#ifndef PROVNET_TRAINER_DATA_GLYPH_DRAWING_H_
#define PROVNET_TRAINER_DATA_GLYPH_DRAWING_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "trainer/data/random.h"

namespace provnet {

// Height and width of a drawn digit.
inline constexpr uint32_t kGlyphSide = 28;
inline constexpr size_t kGlyphBytes = size_t{kGlyphSide} * kGlyphSide;

// Draws `digit` (0..9) as one random hand might: variant, proportions, slant, unsteadiness and pen
// come from `rng`. `image` takes kGlyphBytes of grey, 0 background to 255 ink, row-major. The same
// bytes from the same `rng` on every platform with IEEE arithmetic: only +, -, *, / and square
// roots are used, and no fused operations. Thread-safe.
void DrawGlyph(uint32_t digit, Rng& rng, std::span<uint8_t, kGlyphBytes> image);

}  // namespace provnet

#endif  // PROVNET_TRAINER_DATA_GLYPH_DRAWING_H_
