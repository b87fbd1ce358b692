#include "trainer/export/fit_options.h"

#include "absl/strings/str_cat.h"
#include "proto/head_name.h"
#include "storage/base/status_macros.h"
#include "storage/base/status_prefix.h"
#include "storage/bundle_writer.h"
#include "trainer/data/dataset_spec.h"
#include "trainer/data/label_noise.h"
#include "trainer/data/reference_set.h"
#include "trainer/selection/subset_strategy.h"

namespace provnet {

absl::Status ValidateFitOptions(const FitOptions& options) {
  PROVNET_RETURN_IF_ERROR(ValidateDatasetFlag(options.dataset));
  if (options.output.empty()) {
    return absl::InvalidArgumentError("--output is missing: expected REPOSITORY/MODEL_NAME");
  }
  if (const absl::Status named = CheckModelName(options.output); !named.ok()) {
    return WithPrefix("--output", named);
  }
  // Negated, so that NaN fails.
  if (!(options.subset_fraction > 0 && options.subset_fraction <= 1)) {
    return absl::InvalidArgumentError(absl::StrCat("--subset=", options.subset_fraction,
                                                   " is out of range: expected above 0, up to 1"));
  }
  PROVNET_ASSIGN_OR_RETURN(const SubsetStrategy strategy,
                           ParseSubsetStrategy(options.subset_strategy));
  if (strategy != SubsetStrategy::kRandom && options.subset_fraction == 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("--subset-strategy=", options.subset_strategy,
                     " chooses a part of the samples, but --subset=1 takes all: use less"));
  }
  PROVNET_RETURN_IF_ERROR(ValidateImageFolderOptions(options.images));
  if (!options.label_noise.empty()) {
    PROVNET_RETURN_IF_ERROR(ParseLabelNoise(options.label_noise).status());
  }
  PROVNET_ASSIGN_OR_RETURN(const ReferenceSource reference,
                           ParseReferenceSource(options.membership_reference));
  if (strategy != SubsetStrategy::kRandom && reference.kind == ReferenceSource::Kind::kHeldOut) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--membership-reference=", options.membership_reference,
        " needs samples drawn at random, but --subset-strategy=", options.subset_strategy,
        " chooses among all: use none"));
  }
  if (options.threads < 1 || options.threads > 1024) {
    return absl::InvalidArgumentError(
        absl::StrCat("--threads=", options.threads, " is out of range: expected 1 to 1024"));
  }
  return ValidateTrainingOptions(options.training);
}

std::filesystem::path CheckpointDirectoryPath(const FitOptions& options) {
  return options.checkpoint_directory.empty() ? options.output / ".checkpoint"
                                              : options.checkpoint_directory;
}

absl::StatusOr<v1::HeadType> ParseHead(absl::string_view name) {
  for (const v1::HeadType head : {v1::HEAD_TYPE_CLASS_CONDITIONAL, v1::HEAD_TYPE_CLASS_INDEPENDENT,
                                  v1::HEAD_TYPE_SINGLE_BRANCH, v1::HEAD_TYPE_EMBEDDING}) {
    if (name == HeadName(head)) return head;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("--head=", name,
                   " is unknown: expected class-conditional, class-independent, single-branch or "
                   "embedding"));
}

}  // namespace provnet
