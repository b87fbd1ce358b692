#include "trainer/data/glyph_strokes.h"

#include <array>

namespace provnet {
namespace {

constexpr bool kCorner = true;

// NAMES: digit, variant, stroke. A stroke's points follow the pen.
constexpr PenPoint k0Round[] = {{60, 3},  {42, 2},  {26, 14}, {17, 36}, {17, 62},
                                {27, 86}, {45, 99}, {64, 95}, {78, 78}, {83, 52},
                                {79, 25}, {67, 7},  {53, 2}};
constexpr PenPoint k0Narrow[] = {{62, 8},  {50, 0},  {38, 8},  {30, 30}, {28, 55},
                                 {32, 82}, {42, 97}, {55, 97}, {66, 82}, {71, 56},
                                 {71, 32}, {64, 11}, {55, 3}};

constexpr PenPoint k1Plain[] = {{52, 0}, {51, 35}, {50, 70}, {49, 100}};
constexpr PenPoint k1Flag[] = {{32, 22}, {44, 12}, {54, 0, kCorner}, {53, 50}, {52, 100}};
constexpr PenPoint k1FlagLow[] = {{34, 24}, {45, 14}, {54, 0, kCorner}, {53, 50}, {52, 98}};
constexpr PenPoint k1Base[] = {{28, 98}, {52, 98}, {78, 97}};

constexpr PenPoint k2Plain[] = {{20, 24}, {30, 6},  {50, 0},           {70, 7},  {76, 26},
                                {68, 46}, {48, 70}, {20, 97, kCorner}, {48, 97}, {84, 95}};
constexpr PenPoint k2Loop[] = {{22, 18}, {38, 3},  {58, 2},  {73, 15}, {72, 36},
                               {60, 58}, {42, 80}, {24, 94}, {14, 88}, {22, 77},
                               {40, 82}, {60, 94}, {76, 97}, {90, 88}};

constexpr PenPoint k3Round[] = {{22, 16}, {36, 3},           {56, 0},  {72, 12}, {70, 32},
                                {56, 44}, {42, 47, kCorner}, {62, 50}, {78, 64}, {76, 84},
                                {58, 98}, {36, 97},          {18, 84}};
constexpr PenPoint k3Flat[] = {{22, 3},           {48, 2},  {76, 2, kCorner}, {60, 22},
                               {46, 42, kCorner}, {64, 46}, {78, 62},         {76, 82},
                               {60, 97},          {38, 98}, {20, 88}};

constexpr PenPoint k4OpenLeft[] = {{30, 4}, {24, 28}, {20, 52, kCorner}, {46, 54}, {82, 50}};
constexpr PenPoint k4OpenDown[] = {{68, 8}, {66, 40}, {64, 70}, {62, 100}};
constexpr PenPoint k4Closed[] = {{60, 0}, {42, 26}, {14, 64, kCorner}, {48, 65}, {88, 63}};
constexpr PenPoint k4ClosedDown[] = {{61, 0}, {62, 40}, {62, 100}};

constexpr PenPoint k5Body[] = {{32, 4},  {29, 24}, {27, 44, kCorner}, {46, 37}, {66, 42},
                               {78, 60}, {74, 82}, {56, 97},          {36, 98}, {18, 88}};
constexpr PenPoint k5Bar[] = {{32, 4}, {54, 3}, {80, 1}};
constexpr PenPoint k5Single[] = {{80, 2},  {56, 4},  {34, 7, kCorner}, {31, 26}, {32, 42}, {52, 46},
                                 {70, 56}, {73, 76}, {58, 95},         {36, 98}, {20, 90}};

constexpr PenPoint k6Curved[] = {{68, 2},  {46, 14}, {28, 38}, {21, 66}, {30, 90}, {50, 99},
                                 {70, 90}, {77, 72}, {66, 55}, {48, 52}, {32, 62}, {25, 76}};
constexpr PenPoint k6Straight[] = {{48, 0},  {38, 26}, {29, 54}, {27, 80}, {40, 98}, {60, 97},
                                   {72, 82}, {68, 64}, {52, 57}, {36, 66}, {29, 80}};

constexpr PenPoint k7Plain[] = {{18, 6}, {48, 5}, {80, 3, kCorner}, {62, 44}, {44, 100}};
constexpr PenPoint k7Hooked[] = {{18, 20}, {20, 6, kCorner}, {50, 8},  {80, 4, kCorner},
                                 {62, 34}, {50, 66},         {46, 100}};
constexpr PenPoint k7Bar[] = {{34, 52}, {54, 50}, {76, 48}};

constexpr PenPoint k8Single[] = {{70, 12}, {54, 1},  {34, 6},  {28, 22}, {40, 40},
                                 {60, 54}, {74, 72}, {66, 93}, {48, 99}, {28, 90},
                                 {28, 70}, {46, 52}, {64, 38}, {72, 20}, {66, 8}};
constexpr PenPoint k8Upper[] = {{52, 2},  {34, 9},  {30, 28}, {42, 44}, {58, 44},
                                {69, 28}, {66, 10}, {52, 2},  {44, 4}};
constexpr PenPoint k8Lower[] = {{50, 46}, {30, 56}, {24, 76}, {36, 95}, {56, 98},
                                {74, 84}, {72, 62}, {56, 47}, {46, 48}};

constexpr PenPoint k9Straight[] = {{72, 18}, {58, 3},  {38, 5},           {26, 22}, {30, 42},
                                   {48, 50}, {66, 38}, {73, 16, kCorner}, {70, 56}, {66, 100}};
constexpr PenPoint k9Curved[] = {{72, 24}, {62, 5},  {42, 3},  {27, 20}, {32, 42}, {52, 48},
                                 {68, 36}, {74, 20}, {76, 48}, {70, 78}, {54, 97}, {32, 94}};

constexpr PenStroke k0RoundStrokes[] = {k0Round};
constexpr PenStroke k0NarrowStrokes[] = {k0Narrow};
constexpr PenStroke k1PlainStrokes[] = {k1Plain};
constexpr PenStroke k1FlagStrokes[] = {k1Flag};
constexpr PenStroke k1BaseStrokes[] = {k1FlagLow, k1Base};
constexpr PenStroke k2PlainStrokes[] = {k2Plain};
constexpr PenStroke k2LoopStrokes[] = {k2Loop};
constexpr PenStroke k3RoundStrokes[] = {k3Round};
constexpr PenStroke k3FlatStrokes[] = {k3Flat};
constexpr PenStroke k4OpenStrokes[] = {k4OpenLeft, k4OpenDown};
constexpr PenStroke k4ClosedStrokes[] = {k4Closed, k4ClosedDown};
constexpr PenStroke k5BarStrokes[] = {k5Body, k5Bar};
constexpr PenStroke k5SingleStrokes[] = {k5Single};
constexpr PenStroke k6CurvedStrokes[] = {k6Curved};
constexpr PenStroke k6StraightStrokes[] = {k6Straight};
constexpr PenStroke k7PlainStrokes[] = {k7Plain};
constexpr PenStroke k7HookedStrokes[] = {k7Hooked};
constexpr PenStroke k7BarredStrokes[] = {k7Plain, k7Bar};
constexpr PenStroke k8SingleStrokes[] = {k8Single};
constexpr PenStroke k8CirclesStrokes[] = {k8Upper, k8Lower};
constexpr PenStroke k9StraightStrokes[] = {k9Straight};
constexpr PenStroke k9CurvedStrokes[] = {k9Curved};

using Variant = std::span<const PenStroke>;

// A variant listed twice is written twice as often.
constexpr Variant k0[] = {k0RoundStrokes, k0NarrowStrokes};
constexpr Variant k1[] = {k1PlainStrokes, k1PlainStrokes, k1FlagStrokes, k1BaseStrokes};
constexpr Variant k2[] = {k2PlainStrokes, k2LoopStrokes};
constexpr Variant k3[] = {k3RoundStrokes, k3RoundStrokes, k3FlatStrokes};
constexpr Variant k4[] = {k4OpenStrokes, k4OpenStrokes, k4ClosedStrokes};
constexpr Variant k5[] = {k5BarStrokes, k5SingleStrokes};
constexpr Variant k6[] = {k6CurvedStrokes, k6StraightStrokes};
constexpr Variant k7[] = {k7PlainStrokes, k7PlainStrokes, k7HookedStrokes, k7BarredStrokes};
constexpr Variant k8[] = {k8SingleStrokes, k8SingleStrokes, k8CirclesStrokes};
constexpr Variant k9[] = {k9StraightStrokes, k9CurvedStrokes};

constexpr std::array<std::span<const Variant>, 10> kDigits = {k0, k1, k2, k3, k4,
                                                              k5, k6, k7, k8, k9};

}  // namespace

std::span<const std::span<const PenStroke>> WritingVariants(uint32_t digit) {
  return kDigits[digit];
}

}  // namespace provnet
