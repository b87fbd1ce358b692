#ifndef PROVNET_TRAINER_DATA_GLYPH_STROKES_H_
#define PROVNET_TRAINER_DATA_GLYPH_STROKES_H_

#include <cstddef>
#include <cstdint>
#include <span>

namespace provnet {

// A point that the pen passes through, smoothly unless it is a corner. y points down; a digit is
// about 0..100 high and centred on x = 50.
struct PenPoint {
  double x;
  double y;
  bool corner = false;
};

// What the pen draws without leaving the paper.
using PenStroke = std::span<const PenPoint>;

// The ways in which `digit` (0..9) is written here: at least two for most. The spans live forever.
// Thread-safe.
std::span<const std::span<const PenStroke>> WritingVariants(uint32_t digit);

}  // namespace provnet

#endif  // PROVNET_TRAINER_DATA_GLYPH_STROKES_H_
