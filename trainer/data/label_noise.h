#ifndef PROVNET_TRAINER_DATA_LABEL_NOISE_H_
#define PROVNET_TRAINER_DATA_LABEL_NOISE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace provnet {

// Wrong labels on purpose, to measure what finds them.
struct LabelNoise {
  enum class Kind {
    // Any of the other classes, with equal probability.
    kSymmetric,
    // Always the next class, the first one after the last: confusions with a pattern.
    kAsymmetric,
  };
  Kind kind = Kind::kSymmetric;
  // Share of the labels that are changed, above 0 and below 1.
  double rate = 0;
};

// "symmetric:0.1" or "asymmetric:0.2"; INVALID_ARGUMENT lists these forms. FormatLabelNoise is the
// inverse.
absl::StatusOr<LabelNoise> ParseLabelNoise(std::string_view text);
std::string FormatLabelNoise(const LabelNoise& noise);

// Changes round(rate * labels.size()) of the labels, drawn at random, all of them to another class;
// returns their positions, ascending. The same for the same arguments on every platform.
// INVALID_ARGUMENT, with the labels as they were: a rate out of range, fewer than two classes, a
// label >= class_count, or a class that would be left without samples.
absl::StatusOr<std::vector<uint64_t>> InjectLabelNoise(const LabelNoise& noise,
                                                       uint32_t class_count, uint64_t seed,
                                                       std::vector<uint32_t>& labels);

}  // namespace provnet

#endif  // PROVNET_TRAINER_DATA_LABEL_NOISE_H_
