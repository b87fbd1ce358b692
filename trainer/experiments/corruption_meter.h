#ifndef PROVNET_TRAINER_EXPERIMENTS_CORRUPTION_METER_H_
#define PROVNET_TRAINER_EXPERIMENTS_CORRUPTION_METER_H_

#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "provnet/v1/bundle.pb.h"
#include "trainer/data/corruption.h"
#include "trainer/experiments/experiment.h"

namespace provnet {

// A corruption at the strengths to measure, ascending and above 0.
struct CorruptionLevels {
  CorruptionKind kind;
  std::vector<double> strengths;
};

// What to corrupt: this many test images, and this many training images of those that the bundle
// holds; all when there are fewer.
struct CorruptionSamples {
  size_t test = 10000;
  size_t train = 2000;
};

// How the bundle in `directory` fares, through the serving engine: for strength 0 and every level
// CORRUPTION/STRENGTH/accuracy and, unless `plain`, .../label_agreement_top5, .../retrieval_top1
// and .../retrieval_top5, where a corrupted training image shall retrieve its own sample. Images
// and corruptions are drawn from the seed that the manifest names. Errors are the engine's;
// CANCELLED when asked to stop.
absl::StatusOr<Figures> MeasureUnderCorruption(const v1::BundleManifest& manifest,
                                               const std::filesystem::path& directory, bool plain,
                                               const std::vector<CorruptionLevels>& levels,
                                               const CorruptionSamples& counts,
                                               const ExperimentContext& context);

// E.g. "noise/0.1/accuracy".
std::string CorruptionFigure(CorruptionKind kind, double strength, absl::string_view figure);

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPERIMENTS_CORRUPTION_METER_H_
