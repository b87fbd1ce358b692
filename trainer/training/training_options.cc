#include "trainer/training/training_options.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

// Shortest text that parses back to the same number.
std::string Exact(double value) { return absl::StrFormat("%.17g", value); }

// Negated comparisons, so that NaN fails.
absl::Status CheckRange(const char* flag, double value, double low, double high) {
  if (value >= low && value <= high) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("--", flag, "=", value, " is out of range: expected ", low, " to ", high));
}

// What only some heads have.
absl::Status CheckBranches(const TrainingOptions& options) {
  if (options.head != v1::HEAD_TYPE_SINGLE_BRANCH) {
    if (options.alpha == 0) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrCat(
        "--alpha=", options.alpha, " mixes the targets of --head=single-branch only: expected 0"));
  }
  if (options.lambda_class != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("--lambda-class=", options.lambda_class,
                     " weights a branch that --head=single-branch lacks: expected 0"));
  }
  if (options.sharing != Sharing::kEverything) {
    return absl::InvalidArgumentError(
        absl::StrCat("--sharing=", SharingName(options.sharing),
                     " is for heads with two branches; --head=single-branch has one: expected IV"));
  }
  return absl::OkStatus();
}

}  // namespace

TrainingOptions DefaultTrainingOptions(v1::HeadType head) {
  TrainingOptions options;
  options.head = head;
  if (head == v1::HEAD_TYPE_EMBEDDING) {
    options.epochs = 6;
    // A batch holds the negatives of the contrastive loss.
    options.batch_size = 256;
    options.index_gradient_scale = 1;
  }
  if (head == v1::HEAD_TYPE_SINGLE_BRANCH) {
    options.lambda_class = 0;
    options.index_gradient_scale = 1;
  }
  return options;
}

void SuitPhotographs(TrainingOptions& options) {
  options.augment = PhotographViews();
  options.epochs = DefaultTrainingOptions(options.head).epochs * 5 / 2;
}

void SuitManySamples(TrainingOptions& options) {
  if (options.head != v1::HEAD_TYPE_CLASS_INDEPENDENT &&
      options.head != v1::HEAD_TYPE_SINGLE_BRANCH) {
    return;
  }
  options.batch_size = 512;
  options.epochs = 5;
}

absl::Status ValidateTrainingOptions(const TrainingOptions& options) {
  PROVNET_RETURN_IF_ERROR(CheckRange("epochs", options.epochs, 1, 10000));
  PROVNET_RETURN_IF_ERROR(CheckRange("batch-size", options.batch_size, 2, 65536));
  PROVNET_RETURN_IF_ERROR(CheckRange("learning-rate", options.learning_rate, 1e-9, 10));
  PROVNET_RETURN_IF_ERROR(CheckRange("weight-decay", options.weight_decay, 0, 10));
  PROVNET_RETURN_IF_ERROR(CheckRange("beta1", options.beta1, 0, 0.99999));
  PROVNET_RETURN_IF_ERROR(CheckRange("beta2", options.beta2, 0, 0.99999));
  PROVNET_RETURN_IF_ERROR(CheckRange("lambda-class", options.lambda_class, 0, 1e6));
  PROVNET_RETURN_IF_ERROR(CheckRange("lambda-index", options.lambda_index, 0, 1e6));
  PROVNET_RETURN_IF_ERROR(CheckRange("label-smoothing", options.label_smoothing, 0, 0.999));
  PROVNET_RETURN_IF_ERROR(CheckRange("dropout", options.dropout, 0, 0.9));
  PROVNET_RETURN_IF_ERROR(CheckRange("index-gradient-scale", options.index_gradient_scale, 0, 1));
  PROVNET_RETURN_IF_ERROR(CheckRange("embedding-dim", options.embedding_dim, 2, 4096));
  PROVNET_RETURN_IF_ERROR(CheckRange("temperature", options.temperature, 1e-3, 10));
  PROVNET_RETURN_IF_ERROR(CheckRange("alpha", options.alpha, 0, 1));
  if (options.lambda_class == 0 && options.lambda_index == 0) {
    return absl::InvalidArgumentError(
        "--lambda-class and --lambda-index are both 0: there is nothing to learn");
  }
  return CheckBranches(options);
}

std::map<std::string, std::string> DescribeTrainingOptions(const TrainingOptions& options) {
  return {
      {"head", v1::HeadType_Name(options.head)},
      {"size", std::string(BackboneSizeName(options.size))},
      {"sharing", std::string(SharingName(options.sharing))},
      {"seed", absl::StrCat(options.seed)},
      {"epochs", absl::StrCat(options.epochs)},
      {"batch-size", absl::StrCat(options.batch_size)},
      {"learning-rate", Exact(options.learning_rate)},
      {"weight-decay", Exact(options.weight_decay)},
      {"beta1", Exact(options.beta1)},
      {"beta2", Exact(options.beta2)},
      {"lambda-class", Exact(options.lambda_class)},
      {"lambda-index", Exact(options.lambda_index)},
      {"label-smoothing", Exact(options.label_smoothing)},
      {"dropout", Exact(options.dropout)},
      {"alpha", Exact(options.alpha)},
      {"index-gradient-scale", Exact(options.index_gradient_scale)},
      {"embedding-dim", absl::StrCat(options.embedding_dim)},
      {"temperature", Exact(options.temperature)},
      {"augment-rotation", Exact(options.augment.rotation_degrees)},
      {"augment-translation", Exact(options.augment.translation_pixels)},
      {"augment-scale", Exact(options.augment.scale)},
      {"augment-noise", Exact(options.augment.noise_stddev)},
      {"augment-noise-probability", Exact(options.augment.noise_probability)},
      {"augment-flip", Exact(options.augment.flip_probability)},
  };
}

}  // namespace provnet
