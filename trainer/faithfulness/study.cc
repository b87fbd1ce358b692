#include "trainer/faithfulness/study.h"

#include <torch/torch.h>

#include <algorithm>
#include <map>
#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/model/torch_status.h"
#include "storage/base/status_macros.h"
#include "trainer/data/dataset_checks.h"
#include "trainer/data/subset.h"
#include "trainer/faithfulness/attribution_methods.h"
#include "trainer/faithfulness/half_retrains.h"
#include "trainer/faithfulness/index_head_logits.h"
#include "trainer/faithfulness/method_scores.h"
#include "trainer/faithfulness/removal_queries.h"
#include "trainer/faithfulness/removal_retrains.h"
#include "trainer/faithfulness/retraining.h"
#include "trainer/faithfulness/study_data.h"
#include "trainer/faithfulness/study_models.h"

namespace provnet {
namespace {

// Training samples that the heads are asked to name themselves.
constexpr uint64_t kRecallSamples = 500;

class Study {
 public:
  Study(StudyData data, const StudySettings& settings, const StudyContext& context,
        RetrainJournal& journal)
      : data_(std::move(data)),
        settings_(settings),
        context_(context),
        retraining_{.samples = data_.samples,
                    .epochs = settings.epochs,
                    .journal = journal,
                    .progress = context.progress,
                    .threads = context.threads,
                    .stop_requested = context.stop_requested} {}

  absl::StatusOr<StudyResult> Run() {
    result_.settings = settings_;
    const Dataset score_queries = Select(data_.asked, Range(settings_.queries));
    PROVNET_ASSIGN_OR_RETURN(retrains_,
                             RetrainOnHalves(retraining_, score_queries, settings_, context_.seed));
    context_.progress.Note("fitting networks to all samples");
    PROVNET_ASSIGN_OR_RETURN(
        StudyModels models,
        FitStudyModels(data_, settings_, context_.seed, context_.threads, context_.stop_requested));
    PROVNET_RETURN_IF_ERROR(Score(models));
    PROVNET_RETURN_IF_ERROR(Judge());
    PROVNET_RETURN_IF_ERROR(Remove());
    return result_;
  }

 private:
  static std::vector<uint64_t> Range(uint64_t count) {
    std::vector<uint64_t> range(count);
    std::iota(range.begin(), range.end(), uint64_t{0});
    return range;
  }

  // Judges the networks, chooses the queries and lets every method score them.
  absl::Status Score(StudyModels& models) {
    JudgeModels(models);
    std::vector<uint64_t> asked = Range(settings_.queries);
    const std::vector<uint64_t> removal = ChooseRemovalQueries(
        models.ensemble_views, data_.asked.labels, settings_.queries, settings_.removal_queries);
    removal_queries_ = Select(data_.asked, removal);
    asked.insert(asked.end(), removal.begin(), removal.end());
    KeepQueries(asked, models);
    const Dataset queries = Select(data_.asked, asked);
    context_.progress.Note("scoring the samples by every method");
    const AttributionTask task{.samples = data_.samples,
                               .queries = queries,
                               .models = models,
                               .seed = context_.seed,
                               .threads = context_.threads,
                               .stop_requested = context_.stop_requested};
    PROVNET_ASSIGN_OR_RETURN(attributions_, AllAttributions(task));
    return absl::OkStatus();
  }

  void JudgeModels(StudyModels& models) {
    const at::Tensor labels = at::tensor(
        std::vector<int64_t>(data_.asked.labels.begin(), data_.asked.labels.end()), at::kLong);
    for (const ModelView& view : models.ensemble_views) {
      result_.accuracy +=
          view.queries.logits.argmax(1).eq(labels).to(at::kDouble).mean().item<double>() /
          static_cast<double>(models.ensemble_views.size());
    }
    for (ProvenanceNetwork& network : models.headed) {
      result_.own_sample_first[IndexHeadMethod(network.spec().head)] =
          OwnSampleFirst(network, data_.samples, kRecallSamples);
    }
  }

  absl::Status Judge() {
    context_.progress.Note("comparing the scores with what retraining showed");
    const JudgeOptions options{.resamples = settings_.resamples,
                               .seed = context_.seed,
                               .threads = context_.threads,
                               .stop_requested = context_.stop_requested};
    return JudgeMethods(attributions_, retrains_, options, result_);
  }

  absl::Status Remove() {
    if (removal_queries_.size() == 0) {
      context_.progress.Note("no query is predicted alike by all networks: nothing to remove for");
      return absl::OkStatus();
    }
    const RemovalQueries queries{removal_queries_, settings_.queries};
    PROVNET_ASSIGN_OR_RETURN(const RemovalControl control,
                             FitRemovalControl(retraining_, queries, settings_, context_.seed));
    result_.control_flip_rate = control.flip_rate;
    PROVNET_ASSIGN_OR_RETURN(
        result_.removals,
        FitRemovals(retraining_, queries, control, RemovalMethods(), settings_, context_.seed));
    return absl::OkStatus();
  }

  // Those whose removals are worth their fits: what is served, what it is compared with, and the
  // best one-pass method.
  std::vector<const Attribution*> RemovalMethods() const {
    std::vector<const Attribution*> methods;
    for (const char* method :
         {"head-class-conditional-signed", "knn-features-signed", "last-layer-tracin"}) {
      methods.push_back(&AttributionNamed(attributions_, method));
    }
    methods.push_back(&AttributionNamed(attributions_, absl::StrCat("trak-", settings_.ensemble)));
    const Attribution* best = &attributions_[result_.best];
    if (std::find(methods.begin(), methods.end(), best) == methods.end()) methods.push_back(best);
    return methods;
  }

  const StudyData data_;
  const StudySettings settings_;
  const StudyContext& context_;
  const RetrainContext retraining_;
  Retrains retrains_;
  std::vector<Attribution> attributions_;
  Dataset removal_queries_;
  StudyResult result_;
};

}  // namespace

absl::StatusOr<StudyResult> RunFaithfulnessStudy(const DatasetPair& data,
                                                 const StudySettings& settings,
                                                 const StudyContext& context) {
  PROVNET_ASSIGN_OR_RETURN(StudyData drawn, DrawStudyData(data, settings, context.seed));
  std::map<std::string, std::string> identity = DescribeFits(settings);
  identity["study"] = "faithfulness";
  identity["seed"] = absl::StrCat(context.seed);
  identity["sample digest"] = Fingerprint(drawn.samples);
  identity["query digest"] = Fingerprint(drawn.asked);
  PROVNET_ASSIGN_OR_RETURN(const std::unique_ptr<RetrainJournal> journal,
                           RetrainJournal::Open(context.work_directory / "fits.jsonl", identity));
  return TryTorch("run the study",
                  [&] { return Study(std::move(drawn), settings, context, *journal).Run(); });
}

}  // namespace provnet
