#include "trainer/cli/training_flags.h"

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/types/optional.h"
#include "proto/head_name.h"
#include "storage/base/available_cores.h"
#include "storage/base/status_macros.h"
#include "trainer/cli/command.h"
#include "trainer/cli/data_flags.h"
#include "trainer/cli/flag_use.h"
#include "trainer/data/dataset_spec.h"
#include "trainer/export/fit_options.h"

ABSL_FLAG(std::string, head, "class-conditional", provnet::kSeeUsage);
ABSL_FLAG(std::string, size, "small", provnet::kSeeUsage);
ABSL_FLAG(std::string, sharing, "IV", provnet::kSeeUsage);
ABSL_FLAG(double, alpha, 0, provnet::kSeeUsage);
ABSL_FLAG(absl::optional<uint32_t>, epochs, absl::nullopt, provnet::kSeeUsage);
ABSL_FLAG(absl::optional<uint32_t>, batch_size, absl::nullopt, provnet::kSeeUsage);
ABSL_FLAG(absl::optional<double>, learning_rate, absl::nullopt, provnet::kSeeUsage);
ABSL_FLAG(absl::optional<double>, weight_decay, absl::nullopt, provnet::kSeeUsage);
ABSL_FLAG(absl::optional<double>, lambda_class, absl::nullopt, provnet::kSeeUsage);
ABSL_FLAG(absl::optional<double>, lambda_index, absl::nullopt, provnet::kSeeUsage);
ABSL_FLAG(absl::optional<double>, label_smoothing, absl::nullopt, provnet::kSeeUsage);
ABSL_FLAG(absl::optional<double>, dropout, absl::nullopt, provnet::kSeeUsage);
ABSL_FLAG(absl::optional<double>, index_gradient_scale, absl::nullopt, provnet::kSeeUsage);
ABSL_FLAG(absl::optional<uint32_t>, embedding_dim, absl::nullopt, provnet::kSeeUsage);
ABSL_FLAG(absl::optional<double>, temperature, absl::nullopt, provnet::kSeeUsage);
ABSL_FLAG(absl::optional<bool>, augment_flip, absl::nullopt, provnet::kSeeUsage);
ABSL_FLAG(int, threads, 0, provnet::kSeeUsage);

namespace provnet {
namespace {

constexpr char kUsage[] =
    R"(what to build
  --head=HEAD                   class-conditional, class-independent, single-branch or embedding (class-conditional)
  --size=SIZE                   backbone: small, medium, large or xlarge; tiny for experiments (small)
  --sharing=LEVEL               blocks of the backbone that class and index branch share: I (none), II, III, IV (all) (IV)
how to learn (defaults: class-conditional / embedding; class-independent as class-conditional;
single-branch too, but for --lambda-class=0 and --index-gradient-scale=1)
  --epochs=N                    passes over the samples (@epochs; for images:PATH @photo_epochs)
  --batch-size=N                samples a step (@batch_size; class-independent and single-branch with 10,000 samples
                                and more: --batch-size=512 --epochs=5 is faster and better)
  --learning-rate=X             AdamW's highest step size in the one-cycle schedule (@learning_rate)
  --weight-decay=X              AdamW's decay (@weight_decay)
  --lambda-class=X              weight of the class loss (@lambda_class)
  --lambda-index=X              weight of the index loss (@lambda_index)
  --index-gradient-scale=X      how much the index loss shapes the backbone, 0 to 1 (@index_gradient_scale)
  --label-smoothing=X           all but embedding: share of the target spread over the candidates (@label_smoothing)
  --dropout=X                   all but single-branch: share of the features that the class branch loses in each step (@dropout)
  --alpha=X                     single-branch: share of the targets that are other samples of the class (0)
  --embedding-dim=N             embedding: length of the vectors (@embedding_dim)
  --temperature=X               embedding: temperature of the contrastive loss (@temperature)
  --augment-flip=BOOL           all but single-branch: whether random views are mirrored, left to right, half of the time (true for
                                images:PATH, whose views are moved and zoomed but neither turned nor noisy; else false)
)";

template <typename T>
void OverrideIfSet(const absl::optional<T>& flag, T& option) {
  if (flag.has_value()) option = *flag;
}

// Flags that ValidateTrainingOptions can't judge, as an option has a default where it has no use.
absl::Status RefuseUnused(const CommandLine& line, const TrainingOptions& options) {
  const std::string head = absl::StrCat("with --head=", HeadName(options.head));
  const bool embeds = options.head == v1::HEAD_TYPE_EMBEDDING;
  const bool branches = options.head != v1::HEAD_TYPE_SINGLE_BRANCH;
  const bool learns_classes = options.lambda_class > 0, learns_samples = options.lambda_index > 0;
  const std::string classless = branches ? "with --lambda-class=0" : head;
  const std::string sampleless = "with --lambda-index=0";
  constexpr char kForEmbedding[] = "it is for --head=embedding";
  return RefuseUnusedFlags(
      line,
      {{"embedding_dim", embeds, head, kForEmbedding},
       {"temperature", embeds, head, kForEmbedding},
       {"label_smoothing", !embeds, head, "it is for all heads but embedding"},
       {"label_smoothing", learns_samples, sampleless, "it is for the index loss"},
       {"index_gradient_scale", learns_samples, sampleless, "it is for the index loss"},
       // 0 is what the single branch does.
       {"dropout", learns_classes || options.dropout == 0, classless, "it is for the class branch"},
       {"augment_flip", learns_classes || embeds, classless,
        "random views are for the class loss and for --head=embedding"}});
}

}  // namespace

std::vector<absl::string_view> TrainingFlagNames() {
  return {"seed",          "head",         "size",         "sharing",
          "alpha",         "epochs",       "batch_size",   "learning_rate",
          "weight_decay",  "lambda_class", "lambda_index", "label_smoothing",
          "embedding_dim", "temperature",  "dropout",      "index_gradient_scale",
          "augment_flip"};
}

std::string TrainingFlagsUsage() {
  const TrainingOptions a = DefaultTrainingOptions(v1::HEAD_TYPE_CLASS_CONDITIONAL);
  const TrainingOptions b = DefaultTrainingOptions(v1::HEAD_TYPE_EMBEDDING);
  const auto both = [](auto x, auto y) {
    return x == y ? absl::StrCat(x) : absl::StrCat(x, " / ", y);
  };
  TrainingOptions c = a, d = b;
  SuitPhotographs(c);
  SuitPhotographs(d);
  return absl::StrReplaceAll(
      kUsage, {{"@photo_epochs", both(c.epochs, d.epochs)},
               {"@epochs", both(a.epochs, b.epochs)},
               {"@batch_size", both(a.batch_size, b.batch_size)},
               {"@learning_rate", both(a.learning_rate, b.learning_rate)},
               {"@weight_decay", both(a.weight_decay, b.weight_decay)},
               {"@lambda_class", both(a.lambda_class, b.lambda_class)},
               {"@lambda_index", both(a.lambda_index, b.lambda_index)},
               {"@index_gradient_scale", both(a.index_gradient_scale, b.index_gradient_scale)},
               {"@label_smoothing", absl::StrCat(a.label_smoothing)},
               {"@dropout", absl::StrCat(a.dropout)},
               {"@embedding_dim", absl::StrCat(b.embedding_dim)},
               {"@temperature", absl::StrCat(b.temperature)}});
}

absl::StatusOr<TrainingOptions> TrainingOptionsFromFlags(const CommandLine& line) {
  PROVNET_ASSIGN_OR_RETURN(const v1::HeadType head, ParseHead(absl::GetFlag(FLAGS_head)));
  TrainingOptions options = DefaultTrainingOptions(head);
  PROVNET_ASSIGN_OR_RETURN(options.size, ParseBackboneSize(absl::GetFlag(FLAGS_size)));
  PROVNET_ASSIGN_OR_RETURN(options.sharing, ParseSharing(absl::GetFlag(FLAGS_sharing)));
  if (IsImageFolderSpec(absl::GetFlag(FLAGS_dataset))) SuitPhotographs(options);
  options.alpha = absl::GetFlag(FLAGS_alpha);
  options.seed = absl::GetFlag(FLAGS_seed);
  OverrideIfSet(absl::GetFlag(FLAGS_epochs), options.epochs);
  OverrideIfSet(absl::GetFlag(FLAGS_batch_size), options.batch_size);
  OverrideIfSet(absl::GetFlag(FLAGS_learning_rate), options.learning_rate);
  OverrideIfSet(absl::GetFlag(FLAGS_weight_decay), options.weight_decay);
  OverrideIfSet(absl::GetFlag(FLAGS_lambda_class), options.lambda_class);
  OverrideIfSet(absl::GetFlag(FLAGS_lambda_index), options.lambda_index);
  OverrideIfSet(absl::GetFlag(FLAGS_label_smoothing), options.label_smoothing);
  OverrideIfSet(absl::GetFlag(FLAGS_dropout), options.dropout);
  OverrideIfSet(absl::GetFlag(FLAGS_index_gradient_scale), options.index_gradient_scale);
  OverrideIfSet(absl::GetFlag(FLAGS_embedding_dim), options.embedding_dim);
  OverrideIfSet(absl::GetFlag(FLAGS_temperature), options.temperature);
  if (const auto flip = absl::GetFlag(FLAGS_augment_flip); flip.has_value()) {
    options.augment.flip_probability = *flip ? 0.5 : 0;
  }
  PROVNET_RETURN_IF_ERROR(ValidateTrainingOptions(options));
  PROVNET_RETURN_IF_ERROR(RefuseUnused(line, options));
  return options;
}

int ThreadsFromFlags() {
  const int threads = absl::GetFlag(FLAGS_threads);
  return threads != 0 ? threads : AvailableCores();
}

}  // namespace provnet
