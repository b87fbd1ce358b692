#include "trainer/audit/out_of_fold.h"

#include <torch/torch.h>

#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "server/model/torch_status.h"
#include "storage/base/status_macros.h"
#include "trainer/audit/grouped_folds.h"
#include "trainer/audit/shared_progress.h"
#include "trainer/data/random.h"
#include "trainer/data/subset.h"
#include "trainer/faithfulness/plain_classifier.h"
#include "trainer/faithfulness/worker_threads.h"
#include "trainer/training/trainer.h"

namespace provnet {
namespace {

constexpr uint64_t kRepeatStream = 0xa0d17;

FloatMatrix ToMatrix(const at::Tensor& tensor) {
  const at::Tensor values = tensor.contiguous();
  FloatMatrix matrix(static_cast<size_t>(values.size(0)), static_cast<size_t>(values.size(1)));
  std::copy_n(values.data_ptr<float>(), matrix.values.size(), matrix.values.begin());
  return matrix;
}

FloatMatrix UnitRows(const at::Tensor& features) {
  return ToMatrix(features / features.norm(2, 1, /*keepdim=*/true).clamp_min(1e-12));
}

// One fit: which samples it learns from, and which it judges.
struct Split {
  std::vector<uint64_t> fitted;
  std::vector<uint64_t> judged;
};

Split SplitAt(uint32_t fold, std::span<const uint32_t> fold_of, const std::vector<bool>& left_out) {
  Split split;
  for (uint64_t i = 0; i < fold_of.size(); ++i) {
    if (fold_of[i] == fold) {
      split.judged.push_back(i);
    } else if (!left_out[i]) {
      split.fitted.push_back(i);
    }
  }
  return split;
}

class Judgement {
 public:
  Judgement(const Dataset& data, std::span<const std::vector<uint64_t>> groups,
            const std::vector<bool>& left_out, const std::string& key,
            const OutOfFoldOptions& options, const OutOfFoldContext& context)
      : data_(data),
        left_out_(left_out),
        key_(key),
        options_(options),
        context_(context),
        progress_(uint64_t{options.folds} * options.repeats, context.progress, context.clock) {
    for (uint32_t repeat = 0; repeat < options.repeats; ++repeat) {
      folds_.push_back(GroupedFolds(data.labels, groups, options.folds, SeedOf(repeat)));
    }
  }

  absl::StatusOr<OutOfFold> Run() {
    judged_.log_probabilities = FloatMatrix(data_.size(), data_.class_names.size());
    judged_.neighbours.k = options_.neighbours;
    judged_.neighbours.entries.resize(data_.size() * options_.neighbours);
    const size_t fits = size_t{options_.folds} * options_.repeats;
    results_.resize(fits);
    PROVNET_RETURN_IF_ERROR(RunSideBySide(fits, options_.threads, [this](size_t fit) {
      PROVNET_ASSIGN_OR_RETURN(results_[fit], Recall(fit));
      return absl::OkStatus();
    }));
    // In order, so that sums don't depend on which fit ended first.
    for (size_t fit = 0; fit < fits; ++fit) Enter(fit);
    judged_.fold_of = folds_.front();
    return std::move(judged_);
  }

 private:
  uint64_t SeedOf(uint32_t repeat) const {
    return MixSeed(MixSeed(options_.training.seed, kRepeatStream), repeat);
  }
  uint32_t RepeatOf(size_t fit) const { return static_cast<uint32_t>(fit / options_.folds); }
  Split SplitOf(size_t fit) const {
    return SplitAt(static_cast<uint32_t>(fit % options_.folds), folds_[RepeatOf(fit)], left_out_);
  }

  // A fit's results: for each judged sample the log probabilities, then, in the first repeat, row
  // and distance of each neighbour. Rows are exact as floats below 2^24.
  absl::StatusOr<std::vector<float>> Recall(size_t fit) {
    const std::string key =
        absl::StrCat(key_, " repeat ", RepeatOf(fit), " fold ", fit % options_.folds);
    if (context_.journal != nullptr) {
      if (auto known = context_.journal->Find(key); known.has_value()) {
        progress_.Skipped();
        return *std::move(known);
      }
    }
    PROVNET_ASSIGN_OR_RETURN(std::vector<float> values,
                             TryTorch("judge samples", [&] { return Fit(fit); }));
    if (context_.journal != nullptr) {
      PROVNET_RETURN_IF_ERROR(context_.journal->Append(key, values));
    }
    return values;
  }

  absl::StatusOr<std::vector<float>> Fit(size_t fit) {
    const Split split = SplitOf(fit);
    const Dataset fitted = Select(data_, split.fitted);
    TrainingOptions training = options_.training;
    training.seed = MixSeed(SeedOf(RepeatOf(fit)), fit);
    FitProgress progress(progress_, fit);
    TrainingContext context{.checkpoint = std::nullopt,
                            .progress = progress,
                            .clock = context_.clock,
                            .stop_requested = context_.stop_requested};
    PROVNET_ASSIGN_OR_RETURN(TrainedNetwork trained, Train(fitted, training, {}, context));
    const Outputs outputs = OutputsFor(trained.network, Select(data_, split.judged));
    const FloatMatrix log_probabilities = ToMatrix(at::log_softmax(outputs.logits, 1));
    NeighbourLists neighbours;
    if (RepeatOf(fit) == 0) {
      PROVNET_ASSIGN_OR_RETURN(
          neighbours, FindNearestRows(UnitRows(outputs.features),
                                      UnitRows(OutputsFor(trained.network, fitted).features),
                                      {.k = options_.neighbours}, context_.stop_requested));
    }
    return Flatten(log_probabilities, neighbours, split);
  }

  static std::vector<float> Flatten(const FloatMatrix& log_probabilities,
                                    const NeighbourLists& neighbours, const Split& split) {
    std::vector<float> values;
    for (size_t i = 0; i < log_probabilities.rows(); ++i) {
      const auto row = log_probabilities.row(i);
      values.insert(values.end(), row.begin(), row.end());
      if (neighbours.k == 0) continue;
      for (const Neighbour& neighbour : neighbours.of(i)) {
        values.push_back(static_cast<float>(split.fitted[neighbour.row]));
        values.push_back(neighbour.distance);
      }
    }
    return values;
  }

  void Enter(size_t fit) {
    const Split split = SplitOf(fit);
    const float* value = results_[fit].data();
    for (const uint64_t sample : split.judged) {
      for (float& sum : judged_.log_probabilities.row(sample)) {
        sum += *value++ / static_cast<float>(options_.repeats);
      }
      if (RepeatOf(fit) > 0) continue;
      for (size_t n = 0; n < options_.neighbours; ++n, value += 2) {
        judged_.neighbours.entries[sample * options_.neighbours + n] = {
            static_cast<uint32_t>(value[0]), value[1]};
      }
    }
  }

  const Dataset& data_;
  const std::vector<bool>& left_out_;
  const std::string& key_;
  const OutOfFoldOptions& options_;
  const OutOfFoldContext& context_;
  SharedProgress progress_;
  // By repeat.
  std::vector<std::vector<uint32_t>> folds_;
  // By fit; each written by the one thread that works on it.
  std::vector<std::vector<float>> results_;
  OutOfFold judged_;
};

}  // namespace

absl::StatusOr<OutOfFold> JudgeOutOfFold(const Dataset& data,
                                         std::span<const std::vector<uint64_t>> groups,
                                         const std::vector<bool>& left_out, const std::string& key,
                                         const OutOfFoldOptions& options,
                                         const OutOfFoldContext& context) {
  return Judgement(data, groups, left_out, key, options, context).Run();
}

}  // namespace provnet
