#ifndef PROVNET_TRAINER_DATA_RANDOM_H_
#define PROVNET_TRAINER_DATA_RANDOM_H_

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <utility>

namespace provnet {

// The splitmix64 finaliser (Steele, Lea, Flood 2014): a bijection that spreads every input bit over
// the output.
inline uint64_t Scramble(uint64_t value) {
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
  return value ^ (value >> 31);
}

// A seed for one of many independent streams: work that draws from Rng(MixSeed(MixSeed(seed,
// epoch), i)) for item i gives the same result in any order and on any number of threads.
inline uint64_t MixSeed(uint64_t seed, uint64_t stream) {
  return Scramble(Scramble(seed + 0x9E3779B97F4A7C15u) + (stream + 1) * 0xD1B54A32D192ED03u);
}

// xoshiro256** (Blackman, Vigna 2018). The standard library's distributions differ between
// implementations; these draw the same integers and uniforms from the same seed everywhere (Normal
// up to the last bits of libm). Not thread-safe: one Rng per thread, or better one per item by
// MixSeed. Not for cryptography.
class Rng {
 public:
  explicit Rng(uint64_t seed) {
    for (uint64_t& word : state_) word = Scramble(seed += 0x9E3779B97F4A7C15u);
  }

  uint64_t Next() {
    const uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  // In [0, 1), a multiple of 2^-53.
  double Uniform() { return static_cast<double>(Next() >> 11) * 0x1p-53; }

  // Between `low` and `high`; up to a last bit where the processor fuses multiplication and
  // addition.
  double Uniform(double low, double high) { return low + (high - low) * Uniform(); }

  // In [0, bound), without bias. `bound` is at least 1.
  uint64_t Below(uint64_t bound) {
    const uint64_t rejected = (0 - bound) % bound;  // 2^64 mod bound
    uint64_t value = Next();
    while (value < rejected) value = Next();
    return value % bound;
  }

  // Standard normal, by Box and Muller; every second call returns the pair's other half.
  double Normal() {
    if (has_spare_) {
      has_spare_ = false;
      return spare_;
    }
    const double radius = std::sqrt(-2.0 * std::log(1.0 - Uniform()));
    const double angle = 2.0 * std::numbers::pi * Uniform();
    spare_ = radius * std::sin(angle);
    has_spare_ = true;
    return radius * std::cos(angle);
  }

  // A uniformly random permutation in place (Fisher and Yates).
  template <typename Range>
  void Shuffle(Range& values) {
    for (size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[Below(i)]);
  }

 private:
  std::array<uint64_t, 4> state_;
  double spare_ = 0;
  bool has_spare_ = false;
};

}  // namespace provnet

#endif  // PROVNET_TRAINER_DATA_RANDOM_H_
