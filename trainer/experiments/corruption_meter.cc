#include "trainer/experiments/corruption_meter.h"

#include <algorithm>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "server/engine/servable.h"
#include "storage/base/status_macros.h"
#include "trainer/data/random.h"
#include "trainer/data/subset.h"
#include "trainer/export/evaluation.h"
#include "trainer/export/training_data.h"

namespace provnet {
namespace {

constexpr uint64_t kTestStream = 0x7E57;
constexpr uint64_t kTrainStream = 0x7A17;

// `count` of the positions below `size`, drawn at random, ascending.
std::vector<uint64_t> Draw(size_t size, size_t count, uint64_t seed) {
  std::vector<uint64_t> positions(size);
  std::iota(positions.begin(), positions.end(), 0);
  Rng rng(seed);
  rng.Shuffle(positions);
  positions.resize(std::min(size, count));
  std::sort(positions.begin(), positions.end());
  return positions;
}

// One served bundle and the images that it is asked about.
class Meter {
 public:
  Meter(const Servable& servable, const DatasetPair& data, const CorruptionSamples& counts,
        uint64_t seed, bool plain, const StopCondition& stop_requested)
      : servable_(servable),
        seed_(seed),
        plain_(plain),
        stop_requested_(stop_requested),
        own_(Draw(data.train.size(), counts.train, MixSeed(seed, kTrainStream))),
        train_(Select(data.train, own_)),
        test_(Select(data.test, Draw(data.test.size(), counts.test, MixSeed(seed, kTestStream)))) {}

  absl::Status Measure(CorruptionKind kind, double strength, Figures& figures) const {
    const auto name = [&](const char* figure) { return CorruptionFigure(kind, strength, figure); };
    PROVNET_ASSIGN_OR_RETURN(
        const Classification classification,
        MeasureClassification(servable_, Corrupted(test_, kind, strength, seed_), stop_requested_));
    figures[name("accuracy")] = classification.accuracy;
    if (plain_) return absl::OkStatus();
    PROVNET_ASSIGN_OR_RETURN(const Retrieval retrieval,
                             MeasureRetrieval(servable_, Corrupted(train_, kind, strength, seed_),
                                              own_, stop_requested_));
    figures[name("label_agreement_top5")] = classification.label_agreement_top5;
    figures[name("retrieval_top1")] = retrieval.top1;
    figures[name("retrieval_top5")] = retrieval.top5;
    return absl::OkStatus();
  }

 private:
  const Servable& servable_;
  const uint64_t seed_;
  const bool plain_;
  const StopCondition& stop_requested_;
  const std::vector<uint64_t> own_;
  const Dataset train_;
  const Dataset test_;
};

}  // namespace

std::string CorruptionFigure(CorruptionKind kind, double strength, absl::string_view figure) {
  return absl::StrCat(std::string(CorruptionName(kind)), "/", strength, "/", figure);
}

absl::StatusOr<Figures> MeasureUnderCorruption(const v1::BundleManifest& manifest,
                                               const std::filesystem::path& directory, bool plain,
                                               const std::vector<CorruptionLevels>& levels,
                                               const CorruptionSamples& counts,
                                               const ExperimentContext& context) {
  PROVNET_ASSIGN_OR_RETURN(
      const auto servable,
      Servable::Load({manifest.model(), manifest.version(), directory},
                     EngineOptions{.intra_op_threads = context.options.threads}));
  PROVNET_ASSIGN_OR_RETURN(const TrainingData loaded, LoadTrainingData(manifest.training()));
  const Meter meter(*servable, loaded.data, counts, manifest.training().seed(), plain,
                    context.stop_requested);
  Figures figures;
  for (const CorruptionLevels& level : levels) {
    context.progress.Note(
        absl::StrCat("measuring under ", std::string(CorruptionName(level.kind))));
    PROVNET_RETURN_IF_ERROR(meter.Measure(level.kind, 0, figures));
    for (double strength : level.strengths) {
      PROVNET_RETURN_IF_ERROR(meter.Measure(level.kind, strength, figures));
    }
  }
  return figures;
}

}  // namespace provnet
