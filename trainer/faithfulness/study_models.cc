#include "trainer/faithfulness/study_models.h"

#include <torch/torch.h>

#include <optional>

#include "storage/base/status_macros.h"
#include "trainer/data/random.h"
#include "trainer/faithfulness/worker_threads.h"

namespace provnet {
namespace {

constexpr v1::HeadType kHeads[] = {v1::HEAD_TYPE_CLASS_CONDITIONAL, v1::HEAD_TYPE_CLASS_INDEPENDENT,
                                   v1::HEAD_TYPE_SINGLE_BRANCH, v1::HEAD_TYPE_EMBEDDING};
constexpr uint64_t kEnsembleStream = 0xe45e;

// The head's own defaults, on the study's backbone.
TrainingOptions HeadedOptions(v1::HeadType head, uint32_t epochs, uint64_t seed) {
  TrainingOptions options = DefaultTrainingOptions(head);
  options.size = PlainOptions(epochs, seed).size;
  options.seed = seed;
  options.epochs = epochs;
  options.dropout = 0;
  return options;
}

ModelView ViewOf(ProvenanceNetwork& network, const StudyData& data) {
  return {OutputsFor(network, data.samples), OutputsFor(network, data.asked)};
}

}  // namespace

absl::StatusOr<StudyModels> FitStudyModels(const StudyData& data, const StudySettings& settings,
                                           uint64_t seed, int threads,
                                           const StopCondition& stop_requested) {
  StudyModels models;
  const EpochObserver watch = [&](ProvenanceNetwork& network, uint32_t) {
    models.epoch_views.push_back(ViewOf(network, data));
    return absl::OkStatus();
  };
  constexpr size_t kHeadCount = std::size(kHeads);
  std::vector<std::optional<ProvenanceNetwork>> fitted(kHeadCount + settings.ensemble);
  // The headed ones, which take longest, come first.
  PROVNET_RETURN_IF_ERROR(RunSideBySide(fitted.size(), threads, [&](size_t i) -> absl::Status {
    const uint64_t own_seed = MixSeed(MixSeed(seed, kEnsembleStream), i);
    const TrainingOptions options = i < kHeadCount
                                        ? HeadedOptions(kHeads[i], settings.head_epochs, own_seed)
                                        : PlainOptions(settings.epochs, own_seed);
    PROVNET_ASSIGN_OR_RETURN(fitted[i], FitQuietly(data.samples, options, stop_requested,
                                                   i == kHeadCount ? watch : nullptr));
    return absl::OkStatus();
  }));
  for (size_t i = 0; i < fitted.size(); ++i) {
    if (i < kHeadCount) {
      models.headed.push_back(*fitted[i]);
      continue;
    }
    models.ensemble.push_back(*fitted[i]);
    models.ensemble_views.push_back(ViewOf(*fitted[i], data));
  }
  return models;
}

void KeepQueries(const std::vector<uint64_t>& positions, StudyModels& models) {
  const at::Tensor rows =
      at::tensor(std::vector<int64_t>(positions.begin(), positions.end()), at::kLong);
  for (std::vector<ModelView>* views : {&models.ensemble_views, &models.epoch_views}) {
    for (ModelView& view : *views) {
      view.queries.features = view.queries.features.index_select(0, rows);
      view.queries.logits = view.queries.logits.index_select(0, rows);
    }
  }
}

}  // namespace provnet
