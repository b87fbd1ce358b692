// provnet-train: trains provenance networks and publishes them to a model repository.
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/reflection.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "server/model/blas_kernels.h"
#include "storage/base/status_macros.h"
#include "trainer/data/dataset_spec.h"
#include "trainer/data/idx_writer.h"
#include "trainer/export/fit.h"
#include "trainer/export/report.h"
#include "trainer/training/progress_printer.h"

namespace {
// kUsage below documents all flags in one piece.
constexpr char kSeeUsage[] = "see provnet-train --help";
}  // namespace

ABSL_FLAG(std::string, dataset, "", kSeeUsage);
ABSL_FLAG(std::string, head, "class-conditional", kSeeUsage);
ABSL_FLAG(std::string, size, "small", kSeeUsage);
ABSL_FLAG(std::string, sharing, "IV", kSeeUsage);
ABSL_FLAG(double, alpha, 0, kSeeUsage);
ABSL_FLAG(std::string, output, "", kSeeUsage);
ABSL_FLAG(double, subset, 1, kSeeUsage);
ABSL_FLAG(uint64_t, seed, 1, kSeeUsage);
ABSL_FLAG(std::string, label_noise, "", kSeeUsage);
ABSL_FLAG(uint64_t, near_duplicates, 0, kSeeUsage);
ABSL_FLAG(absl::optional<uint32_t>, epochs, absl::nullopt, kSeeUsage);
ABSL_FLAG(absl::optional<uint32_t>, batch_size, absl::nullopt, kSeeUsage);
ABSL_FLAG(absl::optional<double>, learning_rate, absl::nullopt, kSeeUsage);
ABSL_FLAG(absl::optional<double>, weight_decay, absl::nullopt, kSeeUsage);
ABSL_FLAG(absl::optional<double>, lambda_class, absl::nullopt, kSeeUsage);
ABSL_FLAG(absl::optional<double>, lambda_index, absl::nullopt, kSeeUsage);
ABSL_FLAG(absl::optional<double>, label_smoothing, absl::nullopt, kSeeUsage);
ABSL_FLAG(absl::optional<double>, index_gradient_scale, absl::nullopt, kSeeUsage);
ABSL_FLAG(absl::optional<uint32_t>, embedding_dim, absl::nullopt, kSeeUsage);
ABSL_FLAG(absl::optional<double>, temperature, absl::nullopt, kSeeUsage);
ABSL_FLAG(int, threads, 0, kSeeUsage);
ABSL_FLAG(bool, resume, false, kSeeUsage);
ABSL_FLAG(std::string, checkpoint_dir, "", kSeeUsage);

namespace provnet {
namespace {

constexpr char kUsage[] =
    R"(provnet-train: trains provenance networks, classifiers that name the training samples behind each prediction.

usage: provnet-train fit --dataset=DATA --output=REPOSITORY/NAME [flags]
       provnet-train write-idx --dataset=DATA [--seed=N] --output=DIR

fit trains on DATA, evaluates through the serving engine, and publishes the next version of model NAME.
write-idx writes DATA, training and test part, as the four MNIST-format files into DIR.

what to learn
  --dataset=idx:DIR | glyphs:N  the MNIST-format files in DIR, or N generated digits (required)
  --subset=SHARE                share of the training samples to use, each class alike (1)
  --seed=N                      draws subset, initial values, order, views and faults (1)
  --label-noise=KIND:RATE       changes this share of the training labels, to measure an audit: symmetric (to any other
                                class) or asymmetric (to the next class), e.g. symmetric:0.1 (none)
  --near-duplicates=N           adds N altered copies of training samples, for the same purpose (0)
what to build
  --head=HEAD                   class-conditional, class-independent, single-branch or embedding (class-conditional)
  --size=SIZE                   backbone: small, medium, large or xlarge (small)
  --sharing=LEVEL               blocks of the backbone that class and index branch share: I (none), II, III, IV (all) (IV)
  --output=REPOSITORY/NAME      the model's folder in a model repository (required)
how to learn (defaults: class-conditional / embedding; class-independent as class-conditional;
single-branch too, but for --lambda-class=0 and --index-gradient-scale=1)
  --epochs=N                    passes over the samples (@epochs)
  --batch-size=N                samples a step (@batch_size)
  --learning-rate=X             AdamW's highest step size in the one-cycle schedule (@learning_rate)
  --weight-decay=X              AdamW's decay (@weight_decay)
  --lambda-class=X              weight of the class loss (@lambda_class)
  --lambda-index=X              weight of the index loss (@lambda_index)
  --index-gradient-scale=X      how much the index loss shapes the backbone, 0 to 1 (@index_gradient_scale)
  --label-smoothing=X           all but embedding: share of the target spread over the candidates (@label_smoothing)
  --alpha=X                     single-branch: share of the targets that are other samples of the class (0)
  --embedding-dim=N             embedding: length of the vectors (@embedding_dim)
  --temperature=X               embedding: temperature of the contrastive loss (@temperature)
running
  --threads=N                   LibTorch threads (one a core)
  --resume                      go on from the last whole epoch of an interrupted run
  --checkpoint-dir=DIR          where that is kept (REPOSITORY/NAME/.checkpoint)

Ctrl-C stops after the current batch, keeps the last epoch's checkpoint and publishes nothing.
exit status: 0 published, 1 failed, 2 wrong usage, 130 stopped
)";

enum ExitCode { kPublished = 0, kFailed = 1, kWrongUsage = 2, kStopped = 130 };

// The usage with both heads' defaults filled in.
std::string Usage() {
  const TrainingOptions a = DefaultTrainingOptions(v1::HEAD_TYPE_CLASS_CONDITIONAL);
  const TrainingOptions b = DefaultTrainingOptions(v1::HEAD_TYPE_EMBEDDING);
  const auto both = [](auto x, auto y) {
    return x == y ? absl::StrCat(x) : absl::StrCat(x, " / ", y);
  };
  return absl::StrReplaceAll(
      kUsage, {{"@epochs", both(a.epochs, b.epochs)},
               {"@batch_size", both(a.batch_size, b.batch_size)},
               {"@learning_rate", both(a.learning_rate, b.learning_rate)},
               {"@weight_decay", both(a.weight_decay, b.weight_decay)},
               {"@lambda_class", both(a.lambda_class, b.lambda_class)},
               {"@lambda_index", both(a.lambda_index, b.lambda_index)},
               {"@index_gradient_scale", both(a.index_gradient_scale, b.index_gradient_scale)},
               {"@label_smoothing", absl::StrCat(a.label_smoothing)},
               {"@embedding_dim", absl::StrCat(b.embedding_dim)},
               {"@temperature", absl::StrCat(b.temperature)}});
}

int Fail(ExitCode code, absl::string_view message) {
  std::cerr << "provnet-train: " << message << "\n";
  if (code == kWrongUsage) std::cerr << "Try 'provnet-train --help'.\n";
  return code;
}

// Spells --batch-size the way Abseil knows it, --batch_size. INVALID_ARGUMENT for a flag that is
// not ours.
absl::Status NormalizeFlag(std::string& argument) {
  if (argument.rfind("--", 0) != 0) return absl::OkStatus();
  const size_t end = std::min(argument.find('='), argument.size());
  std::replace(argument.begin() + 2, argument.begin() + static_cast<std::ptrdiff_t>(end), '-', '_');
  const absl::CommandLineFlag* flag = absl::FindCommandLineFlag(argument.substr(2, end - 2));
  if (flag != nullptr && flag->Help() == kSeeUsage) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("unknown flag ", argument.substr(0, end)));
}

template <typename T>
void OverrideIfSet(const absl::optional<T>& flag, T& option) {
  if (flag.has_value()) option = *flag;
}

absl::StatusOr<FitOptions> OptionsFromFlags() {
  FitOptions options;
  PROVNET_ASSIGN_OR_RETURN(const v1::HeadType head, ParseHead(absl::GetFlag(FLAGS_head)));
  options.dataset = absl::GetFlag(FLAGS_dataset);
  options.output = absl::GetFlag(FLAGS_output);
  options.subset_fraction = absl::GetFlag(FLAGS_subset);
  options.label_noise = absl::GetFlag(FLAGS_label_noise);
  options.near_duplicates = absl::GetFlag(FLAGS_near_duplicates);
  options.resume = absl::GetFlag(FLAGS_resume);
  options.checkpoint_directory = absl::GetFlag(FLAGS_checkpoint_dir);
  options.threads = absl::GetFlag(FLAGS_threads);
  if (options.threads == 0) {
    options.threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  }
  TrainingOptions& training = options.training = DefaultTrainingOptions(head);
  PROVNET_ASSIGN_OR_RETURN(training.size, ParseBackboneSize(absl::GetFlag(FLAGS_size)));
  PROVNET_ASSIGN_OR_RETURN(training.sharing, ParseSharing(absl::GetFlag(FLAGS_sharing)));
  training.alpha = absl::GetFlag(FLAGS_alpha);
  training.seed = absl::GetFlag(FLAGS_seed);
  OverrideIfSet(absl::GetFlag(FLAGS_epochs), training.epochs);
  OverrideIfSet(absl::GetFlag(FLAGS_batch_size), training.batch_size);
  OverrideIfSet(absl::GetFlag(FLAGS_learning_rate), training.learning_rate);
  OverrideIfSet(absl::GetFlag(FLAGS_weight_decay), training.weight_decay);
  OverrideIfSet(absl::GetFlag(FLAGS_lambda_class), training.lambda_class);
  OverrideIfSet(absl::GetFlag(FLAGS_lambda_index), training.lambda_index);
  OverrideIfSet(absl::GetFlag(FLAGS_label_smoothing), training.label_smoothing);
  OverrideIfSet(absl::GetFlag(FLAGS_index_gradient_scale), training.index_gradient_scale);
  OverrideIfSet(absl::GetFlag(FLAGS_embedding_dim), training.embedding_dim);
  OverrideIfSet(absl::GetFlag(FLAGS_temperature), training.temperature);
  PROVNET_RETURN_IF_ERROR(ValidateFitOptions(options));
  return options;
}

// A step's activations take tens of megabytes. By default they go back to the system when freed,
// and the page faults of getting them again cost a sixth of the training time.
void KeepFreedMemory() {
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_TOP_PAD, 64 << 20);
}

int RunFitCommand() {
  const absl::StatusOr<FitOptions> options = OptionsFromFlags();
  if (!options.ok()) return Fail(kWrongUsage, options.status().message());
  KeepFreedMemory();
  const StopCondition stop_requested = StopOnSignals();
  ProgressPrinter progress(std::cerr, isatty(STDERR_FILENO) != 0, Clock::Steady());
  const auto published = RunFit(*options, progress, Clock::Steady(), stop_requested);
  if (absl::IsCancelled(published.status())) {
    progress.Note(absl::StrCat(published.status().message(), "; nothing was published"));
    progress.Note("to go on, run the same command with --resume");
    return kStopped;
  }
  if (!published.ok()) {
    progress.Note("");
    return Fail(kFailed, published.status().message());
  }
  std::cout << FormatReport(*published) << "published "
            << (options->output / absl::StrCat(published->version())).string() << std::endl;
  return kPublished;
}

int RunWriteIdxCommand() {
  const std::string dataset = absl::GetFlag(FLAGS_dataset);
  const std::string output = absl::GetFlag(FLAGS_output);
  if (output.empty()) return Fail(kWrongUsage, "--output is missing, expected a folder");
  const auto data = LoadDataset(dataset, absl::GetFlag(FLAGS_seed));
  if (!data.ok()) return Fail(kFailed, data.status().message());
  if (const absl::Status status = WriteIdx(*data, output); !status.ok()) {
    return Fail(kFailed, status.message());
  }
  std::cout << "wrote " << data->train.size() << " training and " << data->test.size()
            << " test images to " << output << std::endl;
  return kPublished;
}

int Main(std::vector<std::string> arguments) {
  for (absl::string_view argument : arguments) {
    if (argument == "--help" || argument == "-h" || argument == "help") {
      std::cout << Usage();
      return kPublished;
    }
  }
  if (arguments.size() < 2) return Fail(kWrongUsage, "no command; expected fit or write-idx");
  const std::string command = arguments[1];
  if (command != "fit" && command != "write-idx") {
    return Fail(kWrongUsage,
                absl::StrCat("unknown command ", command, "; expected fit or write-idx"));
  }
  arguments.erase(arguments.begin() + 1);
  std::vector<char*> argv;
  for (std::string& argument : arguments) {
    const absl::Status status = NormalizeFlag(argument);
    if (!status.ok()) return Fail(kWrongUsage, status.message());
    argv.push_back(argument.data());
  }
  const std::vector<char*> left =
      absl::ParseCommandLine(static_cast<int>(argv.size()), argv.data());
  if (left.size() > 1) return Fail(kWrongUsage, absl::StrCat("unexpected argument ", left[1]));
  return command == "fit" ? RunFitCommand() : RunWriteIdxCommand();
}

}  // namespace
}  // namespace provnet

int main(int argc, char** argv) {
  provnet::FitBlasKernels(argv);
  return provnet::Main(std::vector<std::string>(argv, argv + argc));
}
