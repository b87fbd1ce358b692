#include "trainer/data/label_noise.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "storage/base/status_macros.h"
#include "trainer/data/random.h"

namespace provnet {
namespace {

constexpr uint64_t kNoiseStream = 0x1abe1;

// Negated, so that NaN fails.
bool RateInRange(double rate) { return rate > 0 && rate < 1; }

absl::Status CheckLabels(const std::vector<uint32_t>& labels, uint32_t class_count) {
  if (class_count < 2) {
    return absl::InvalidArgumentError(absl::StrCat(
        "label noise among ", class_count, " classes: expected at least 2, to have another one"));
  }
  const auto wrong =
      std::find_if(labels.begin(), labels.end(), [&](uint32_t y) { return y >= class_count; });
  if (wrong == labels.end()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("sample ", wrong - labels.begin(), " has label ",
                                                 *wrong, "; expected one below ", class_count));
}

absl::Status CheckEveryClassIsLeft(const std::vector<uint32_t>& labels, uint32_t class_count,
                                   const LabelNoise& noise) {
  std::vector<bool> seen(class_count);
  for (const uint32_t label : labels) seen[label] = true;
  const auto missing = std::find(seen.begin(), seen.end(), false);
  if (missing == seen.end()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("label noise ", FormatLabelNoise(noise), " leaves class ",
                   missing - seen.begin(), " without samples: use a lower rate, or more samples"));
}

}  // namespace

absl::StatusOr<LabelNoise> ParseLabelNoise(std::string_view text) {
  // Abseil's string_view is a type of its own where Abseil was built for an older C++.
  const absl::string_view spec(text.data(), text.size());
  absl::string_view rate = spec;
  LabelNoise noise;
  if (absl::ConsumePrefix(&rate, "asymmetric:")) {
    noise.kind = LabelNoise::Kind::kAsymmetric;
  } else if (!absl::ConsumePrefix(&rate, "symmetric:")) {
    rate = "";
  }
  if (absl::SimpleAtod(rate, &noise.rate) && RateInRange(noise.rate)) return noise;
  return absl::InvalidArgumentError(absl::StrCat(
      "label noise \"", spec,
      "\" is not known: expected symmetric:RATE or asymmetric:RATE, with 0 < RATE < 1"));
}

std::string FormatLabelNoise(const LabelNoise& noise) {
  return absl::StrCat(noise.kind == LabelNoise::Kind::kSymmetric ? "symmetric:" : "asymmetric:",
                      noise.rate);
}

absl::StatusOr<std::vector<uint64_t>> InjectLabelNoise(const LabelNoise& noise,
                                                       uint32_t class_count, uint64_t seed,
                                                       std::vector<uint32_t>& labels) {
  if (!RateInRange(noise.rate)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "label noise rate ", noise.rate, " is out of range: expected above 0 and below 1"));
  }
  PROVNET_RETURN_IF_ERROR(CheckLabels(labels, class_count));
  Rng rng(MixSeed(seed, kNoiseStream));
  std::vector<uint64_t> positions(labels.size());
  std::iota(positions.begin(), positions.end(), uint64_t{0});
  rng.Shuffle(positions);
  positions.resize(
      static_cast<size_t>(std::llround(noise.rate * static_cast<double>(labels.size()))));
  std::vector<uint32_t> noisy = labels;
  for (const uint64_t position : positions) {
    const uint64_t step =
        noise.kind == LabelNoise::Kind::kSymmetric ? 1 + rng.Below(class_count - 1) : 1;
    noisy[position] = static_cast<uint32_t>((labels[position] + step) % class_count);
  }
  PROVNET_RETURN_IF_ERROR(CheckEveryClassIsLeft(noisy, class_count, noise));
  labels = std::move(noisy);
  std::sort(positions.begin(), positions.end());
  return positions;
}

}  // namespace provnet
