#include "trainer/data/glyphs.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "storage/base/available_cores.h"
#include "trainer/data/glyph_drawing.h"
#include "trainer/data/random.h"

namespace provnet {
namespace {

constexpr uint32_t kDigits = 10;
constexpr uint64_t kMinTestSize = 1000;
constexpr uint64_t kMinSizePerThread = 256;

// Independent streams of one seed.
enum Stream : uint64_t { kTrainStream = 0, kTestStream = 1, kLabelStream = 2 };

// Each run of ten labels holds every digit once, in random order.
std::vector<uint32_t> DrawLabels(uint64_t size, uint64_t stream_seed) {
  std::vector<uint32_t> labels;
  labels.reserve(size + kDigits);
  for (uint64_t run = 0; labels.size() < size; ++run) {
    std::array<uint32_t, kDigits> digits;
    std::iota(digits.begin(), digits.end(), 0u);
    Rng(MixSeed(stream_seed, run)).Shuffle(digits);
    labels.insert(labels.end(), digits.begin(), digits.end());
  }
  labels.resize(size);
  return labels;
}

// One part, of which any image can be drawn at any time: attempt a of image i has a stream of its
// own.
class Part {
 public:
  Part(std::string name, uint64_t size, uint64_t seed) : seed_(seed) {
    data_.height = data_.width = kGlyphSide;
    data_.pixels.resize(size * kGlyphBytes);
    data_.labels = DrawLabels(size, MixSeed(seed, kLabelStream));
    for (uint32_t digit = 0; digit < kDigits; ++digit) {
      data_.class_names.push_back(absl::StrCat(digit));
    }
    data_.source_name = std::move(name);
    data_.source_positions.resize(size);
    std::iota(data_.source_positions.begin(), data_.source_positions.end(), uint64_t{0});
  }

  Dataset& data() { return data_; }

  void Draw(uint64_t i, uint64_t attempt) {
    Rng rng(MixSeed(MixSeed(seed_, 1000 + attempt), i));
    DrawGlyph(data_.labels[i], rng,
              std::span<uint8_t, kGlyphBytes>(data_.pixels.data() + i * kGlyphBytes, kGlyphBytes));
  }

  void DrawAll(unsigned threads) {
    const uint64_t size = data_.size();
    const uint64_t useful = std::clamp<uint64_t>(size / kMinSizePerThread, 1, threads);
    std::vector<std::thread> workers;
    for (uint64_t worker = 0; worker < useful; ++worker) {
      workers.emplace_back(
          [this, first = size * worker / useful, last = size * (worker + 1) / useful] {
            for (uint64_t i = first; i < last; ++i) Draw(i, 0);
          });
    }
    for (std::thread& worker : workers) worker.join();
  }

 private:
  const uint64_t seed_;
  Dataset data_;
};

uint64_t Digest(std::span<const uint8_t> image) {
  static_assert(kGlyphBytes % sizeof(uint64_t) == 0);
  uint64_t digest = 0;
  for (size_t i = 0; i < image.size(); i += sizeof(uint64_t)) {
    uint64_t word = 0;
    for (size_t b = 0; b < sizeof word; ++b) word |= uint64_t{image[i + b]} << (8 * b);
    digest = Scramble(digest + word + 0x9E3779B97F4A7C15u);
  }
  return digest;
}

// Equal images have equal digests, so distinct digests suffice.
void RedrawDuplicates(Part& part, absl::flat_hash_set<uint64_t>& digests) {
  for (uint64_t i = 0; i < part.data().size(); ++i) {
    for (uint64_t attempt = 1; !digests.insert(Digest(part.data().image(i))).second; ++attempt) {
      part.Draw(i, attempt);
    }
  }
}

}  // namespace

DatasetPair MakeGlyphs(uint64_t train_size, uint64_t seed, unsigned threads) {
  if (threads == 0) threads = static_cast<unsigned>(AvailableCores());
  const uint64_t test_size = std::max(kMinTestSize, train_size / 6);
  Part train(absl::StrCat("glyphs-train-seed", seed), train_size, MixSeed(seed, kTrainStream));
  Part test(absl::StrCat("glyphs-test-seed", seed), test_size, MixSeed(seed, kTestStream));
  absl::flat_hash_set<uint64_t> digests;
  digests.reserve(train_size + test_size);
  for (Part* part : {&train, &test}) {
    part->DrawAll(threads);
    RedrawDuplicates(*part, digests);
  }
  return {std::move(train.data()), std::move(test.data())};
}

}  // namespace provnet
