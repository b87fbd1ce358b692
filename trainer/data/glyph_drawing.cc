#include "trainer/data/glyph_drawing.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "trainer/data/glyph_strokes.h"

// A glyph goes through four steps. Its strokes become polylines (Catmull-Rom splines through the
// pen points); the polylines are bent by a smooth random field, slanted, stretched and turned; the
// result is fitted into the picture; and every piece of line inks the pixels around it by their
// distance to it.

namespace provnet {
namespace {

struct Point {
  double x = 0;
  double y = 0;
};

using Polyline = std::vector<Point>;

constexpr int kStepsPerSpan = 6;  // pieces of line between two pen points
constexpr double kMargin = 1.0;   // pixels kept free around the ink

// As Rng::Uniform, but compiled here, where the build forbids fused operations.
double Between(Rng& rng, double low, double high) { return low + (high - low) * rng.Uniform(); }

// sin(2 pi turns) to about 1e-7, from exactly rounded operations: libm's differ in their last bits.
double Sine(double turns) {
  double t = turns - std::floor(turns + 0.5);  // [-0.5, 0.5)
  if (t > 0.25) t = 0.5 - t;
  if (t < -0.25) t = -0.5 - t;
  const double x = t * 6.283185307179586;
  const double s = x * x;
  return x * (1 + s * (-1.0 / 6 +
                       s * (1.0 / 120 + s * (-1.0 / 5040 + s * (1.0 / 362880 - s / 39916800)))));
}

// The spline's position at `t` of the way from b to c.
Point CatmullRom(Point a, Point b, Point c, Point d, double t) {
  const auto along = [t](double p, double q, double r, double s) {
    return 0.5 * (2 * q + (r - p) * t + (2 * p - 5 * q + 4 * r - s) * t * t +
                  (3 * q - p - 3 * r + s) * t * t * t);
  };
  return {along(a.x, b.x, c.x, d.x), along(a.y, b.y, c.y, d.y)};
}

Polyline Trace(PenStroke stroke) {
  const auto at = [&](size_t i) { return Point{stroke[i].x / 100, stroke[i].y / 100}; };
  Polyline line = {at(0)};
  for (size_t i = 0; i + 1 < stroke.size(); ++i) {
    // Nothing beyond a corner or an end bends this span.
    const bool starts = i == 0 || stroke[i].corner;
    const bool ends = i + 2 == stroke.size() || stroke[i + 1].corner;
    const Point before = at(starts ? i : i - 1);
    const Point after = at(ends ? i + 1 : i + 2);
    for (int step = 1; step <= kStepsPerSpan; ++step) {
      line.push_back(
          CatmullRom(before, at(i), at(i + 1), after, static_cast<double>(step) / kStepsPerSpan));
    }
  }
  return line;
}

// A smooth displacement of the plane: waves of random direction, phase and strength, about one
// across a glyph.
class ElasticField {
 public:
  ElasticField(double strength, Rng& rng) {
    for (Wave& wave : waves_) {
      wave.turns_x = Between(rng, -0.9, 0.9);
      wave.turns_y = Between(rng, -0.9, 0.9);
      wave.phase = rng.Uniform();
      wave.push_x = Between(rng, -strength, strength);
      wave.push_y = Between(rng, -strength, strength);
    }
  }

  Point Displaced(Point p) const {
    Point moved = p;
    for (const Wave& wave : waves_) {
      const double sine = Sine(wave.turns_x * p.x + wave.turns_y * p.y + wave.phase);
      moved.x += wave.push_x * sine;
      moved.y += wave.push_y * sine;
    }
    return moved;
  }

 private:
  struct Wave {
    double turns_x, turns_y, phase, push_x, push_y;
  };
  std::array<Wave, 4> waves_;
};

// The plane's linear part of a hand: size in pixels, proportions, slant, turn.
struct Hand {
  double xx, xy, yx, yy;

  explicit Hand(Rng& rng) {
    const double height = Between(rng, 17.0, 21.5);
    const double width = height * Between(rng, 0.78, 1.15);
    const double slant = Between(rng, -0.12, 0.38);
    const double turn = Between(rng, -0.028, 0.028);  // of a circle
    const double sine = Sine(turn);
    const double cosine = Sine(turn + 0.25);
    // Turn after slant after stretch; y points down, so a slant to the right takes from x as y
    // grows.
    const double sheared = -slant * height;
    xx = cosine * width;
    xy = cosine * sheared - sine * height;
    yx = sine * width;
    yy = sine * sheared + cosine * height;
  }

  Point Apply(Point p) const { return {xx * p.x + xy * p.y, yx * p.x + yy * p.y}; }
};

struct Pen {
  double radius;          // pixels
  double pressure_turns;  // waves of pressure along a stroke
  double pressure_phase;
  double softness;  // width in pixels of the edge between ink and paper
  double ink;       // at full strength, 0..255

  explicit Pen(Rng& rng) {
    radius = Between(rng, 0.85, 1.7);
    pressure_turns = Between(rng, 0.5, 2.0);
    pressure_phase = rng.Uniform();
    softness = Between(rng, 1.0, 1.5);
    ink = Between(rng, 235, 255);
  }

  double RadiusAt(double share) const {
    return radius * (1 + 0.15 * Sine(pressure_turns * share + pressure_phase));
  }
};

// Moves the lines so that their bounding box stands near the picture's centre, and shrinks them if
// they would leave it.
void FitIntoPicture(std::vector<Polyline>& lines, double pen_radius, Rng& rng) {
  Point low = lines[0][0];
  Point high = low;
  for (const Polyline& line : lines) {
    for (const Point p : line) {
      low = {std::min(low.x, p.x), std::min(low.y, p.y)};
      high = {std::max(high.x, p.x), std::max(high.y, p.y)};
    }
  }
  const double room = kGlyphSide - 2 * (kMargin + 1.2 * pen_radius);
  const double extent = std::max(high.x - low.x, high.y - low.y);
  const double shrink = extent > room ? room / extent : 1.0;
  const auto place = [&](double from, double to) {
    const double slack = (room - shrink * (to - from)) / 2;
    const double shift = std::min(slack, 1.2) * Between(rng, -1, 1);
    return kGlyphSide / 2.0 + shift - shrink * (from + to) / 2;
  };
  const double x0 = place(low.x, high.x);
  const double y0 = place(low.y, high.y);
  for (Polyline& line : lines) {
    for (Point& p : line) p = {shrink * p.x + x0, shrink * p.y + y0};
  }
}

// How far inside the ink each pixel's centre lies, in pixels; negative outside.
using Depths = std::array<double, kGlyphBytes>;

double Distance(Point p, Point a, Point b) {
  const double dx = b.x - a.x;
  const double dy = b.y - a.y;
  const double length2 = dx * dx + dy * dy;
  double t = 0;
  if (length2 > 0) t = std::clamp(((p.x - a.x) * dx + (p.y - a.y) * dy) / length2, 0.0, 1.0);
  const double x = p.x - (a.x + t * dx);
  const double y = p.y - (a.y + t * dy);
  return std::sqrt(x * x + y * y);
}

void InkSegment(Point a, Point b, double radius, double softness, Depths& depths) {
  const double reach = radius + softness;
  const auto first = [&](double p, double q) {
    return std::max(0, static_cast<int>(std::floor(std::min(p, q) - reach - 0.5)));
  };
  const auto last = [&](double p, double q) {
    return std::min(static_cast<int>(kGlyphSide) - 1,
                    static_cast<int>(std::floor(std::max(p, q) + reach)));
  };
  const int last_x = last(a.x, b.x);
  const int last_y = last(a.y, b.y);
  for (int y = first(a.y, b.y); y <= last_y; ++y) {
    for (int x = first(a.x, b.x); x <= last_x; ++x) {
      double& depth = depths[static_cast<size_t>(y) * kGlyphSide + x];
      depth = std::max(depth, radius - Distance({x + 0.5, y + 0.5}, a, b));
    }
  }
}

void Ink(const std::vector<Polyline>& lines, const Pen& pen,
         std::span<uint8_t, kGlyphBytes> image) {
  Depths depths;
  depths.fill(-1e9);
  for (const Polyline& line : lines) {
    for (size_t i = 0; i + 1 < line.size(); ++i) {
      const double radius = pen.RadiusAt(static_cast<double>(i) / line.size());
      InkSegment(line[i], line[i + 1], radius, pen.softness, depths);
    }
  }
  for (size_t i = 0; i < depths.size(); ++i) {
    const double share = std::clamp(0.5 + depths[i] / pen.softness, 0.0, 1.0);
    image[i] = static_cast<uint8_t>(std::lround(share * pen.ink));
  }
}

}  // namespace

void DrawGlyph(uint32_t digit, Rng& rng, std::span<uint8_t, kGlyphBytes> image) {
  const auto variants = WritingVariants(digit);
  const auto strokes = variants[rng.Below(variants.size())];
  const ElasticField field(0.052, rng);
  const Hand hand(rng);
  const Pen pen(rng);
  std::vector<Polyline> lines;
  for (const PenStroke stroke : strokes) {
    lines.push_back(Trace(stroke));
    for (Point& p : lines.back()) p = hand.Apply(field.Displaced(p));
  }
  FitIntoPicture(lines, pen.radius, rng);
  Ink(lines, pen, image);
}

}  // namespace provnet
