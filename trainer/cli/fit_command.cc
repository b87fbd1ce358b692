#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>

#include "absl/flags/flag.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "proto/head_name.h"
#include "server/model/device.h"
#include "storage/base/status_macros.h"
#include "storage/base/status_prefix.h"
#include "trainer/cli/command.h"
#include "trainer/cli/data_flags.h"
#include "trainer/cli/flag_use.h"
#include "trainer/cli/freed_memory.h"
#include "trainer/cli/training_flags.h"
#include "trainer/distributed/environment.h"
#include "trainer/distributed/world.h"
#include "trainer/export/fit.h"
#include "trainer/export/fit_member.h"
#include "trainer/export/report.h"
#include "trainer/training/checkpoint.h"
#include "trainer/training/checkpoint_directory.h"
#include "trainer/training/progress_printer.h"

ABSL_FLAG(double, subset, 1, provnet::kSeeUsage);
ABSL_FLAG(std::string, subset_strategy, "random", provnet::kSeeUsage);
ABSL_FLAG(std::string, label_noise, "", provnet::kSeeUsage);
ABSL_FLAG(uint64_t, near_duplicates, 0, provnet::kSeeUsage);
ABSL_FLAG(std::string, membership_reference, "auto", provnet::kSeeUsage);
ABSL_FLAG(uint64_t, approximate_from, provnet::FitOptions().approximate_from, provnet::kSeeUsage);
ABSL_FLAG(bool, resume, false, provnet::kSeeUsage);
ABSL_FLAG(std::string, checkpoint_dir, "", provnet::kSeeUsage);
ABSL_FLAG(std::string, device, "auto", provnet::kSeeUsage);
ABSL_FLAG(absl::Duration, join_timeout, absl::Minutes(10), provnet::kSeeUsage);

namespace provnet {
namespace {

constexpr char kData[] =
    R"(provnet-train fit: trains on a data set, evaluates through the serving engine, and publishes the model's next version.

usage: provnet-train fit --dataset=DATA --output=REPOSITORY/NAME [flags]

what to learn
  --dataset=DATA                idx:DIR, the MNIST-format files in DIR; images:PATH, pictures, see below; glyphs:N, N
                                generated digits (required)
  --subset=SHARE                share of the training samples to use, each class alike (1)
  --subset-strategy=NAME        which ones: random; herding (keep the classes' mean features), k-center (spread over the
                                features), el2n or forgetting (the hardest), coverage (all degrees of difficulty);
                                all but random first fit tiny classifiers to all samples (random)
  --seed=N                      draws subset, initial values, order, views and faults (1)
  --label-noise=KIND:RATE       changes this share of the training labels, to measure an audit: symmetric (to any other
                                class) or asymmetric (to the next class), e.g. symmetric:0.1 (none)
  --near-duplicates=N           adds N altered copies of training samples, for the same purpose (0)
  --membership-reference=FROM   images that are not trained on, with which 'provnet membership' compares: auto (up to 10,000
                                of those outside the subset, if at least 1,000 are), none, or how many to hold out (auto)
  --approximate-from=N          embedding: with so many samples and more the bundle also holds cells for an approximate search,
                                where they reach a recall of 99 %; 0 for never (50000)
  --output=REPOSITORY/NAME      the model's folder in a model repository (required)
)";

constexpr char kRunning[] =
    R"(running
  --threads=N                   LibTorch threads (one a core)
  --device=DEVICE               where to compute: cpu, cuda, cuda:N or auto, CUDA where it is there. cuda is the GPU that the
                                environment variable LOCAL_RANK names, or the first (auto)
  --resume                      go on from the last whole epoch of an interrupted run
  --checkpoint-dir=DIR          where that is kept (REPOSITORY/NAME/.checkpoint)
  --join-timeout=DURATION       how long to wait for the other processes, see below (10m)

Several processes fit one network where all of MASTER_ADDR, MASTER_PORT, RANK and WORLD_SIZE are set, as torch.distributed's
launchers do: each runs the same command, takes its share of every batch, and rank 0 publishes. --batch-size is that of all.

Flags that have no effect beside the others, such as --image-size with glyphs:N, are refused.
Ctrl-C stops after the current batch, keeps the last epoch's checkpoint and publishes nothing.
exit status: 0 published, 1 failed, 2 wrong usage, 130 stopped
)";

std::string Usage() {
  return absl::StrCat(kData, kImageFolderFlagsUsage, TrainingFlagsUsage(), kRunning);
}

// The launchers that start several processes on a machine say which of its GPUs is whose.
absl::StatusOr<c10::Device> DeviceFromFlags() {
  const std::string name = absl::GetFlag(FLAGS_device);
  const absl::StatusOr<c10::Device> device = ResolveDevice(name);
  if (!device.ok()) return WithPrefix("--device", device.status());
  if (!device->is_cuda() || absl::StrContains(name, ':')) return device;
  PROVNET_ASSIGN_OR_RETURN(const std::optional<uint32_t> rank, ReadLocalRank(&std::getenv));
  if (!rank) return device;
  const auto own = ResolveDevice(absl::StrCat("cuda:", *rank));
  if (own.ok()) return own;
  return absl::FailedPreconditionError(
      absl::StrCat("LOCAL_RANK=", *rank, " asks for a GPU of its own: ", own.status().message(),
                   ". Start as many processes as there are GPUs, or give --device=cpu"));
}

absl::StatusOr<FitOptions> OptionsFromFlags(const CommandLine& line) {
  FitOptions options;
  PROVNET_ASSIGN_OR_RETURN(options.training, TrainingOptionsFromFlags(line));
  options.dataset = absl::GetFlag(FLAGS_dataset);
  options.output = absl::GetFlag(FLAGS_output);
  options.subset_fraction = absl::GetFlag(FLAGS_subset);
  options.subset_strategy = absl::GetFlag(FLAGS_subset_strategy);
  PROVNET_ASSIGN_OR_RETURN(options.images, ImageFolderOptionsFromFlags(line));
  options.label_noise = absl::GetFlag(FLAGS_label_noise);
  options.near_duplicates = absl::GetFlag(FLAGS_near_duplicates);
  options.membership_reference = absl::GetFlag(FLAGS_membership_reference);
  options.approximate_from = absl::GetFlag(FLAGS_approximate_from);
  options.resume = absl::GetFlag(FLAGS_resume);
  options.checkpoint_directory = absl::GetFlag(FLAGS_checkpoint_dir);
  options.threads = ThreadsFromFlags();
  PROVNET_RETURN_IF_ERROR(ValidateFitOptions(options));
  return options;
}

absl::Status CheckJoinTimeout() {
  const absl::Duration timeout = absl::GetFlag(FLAGS_join_timeout);
  if (timeout > absl::ZeroDuration()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("--join-timeout=", absl::FormatDuration(timeout),
                                                 " is out of range: expected above 0"));
}

// What the flags about data and network don't look at themselves.
absl::Status RefuseUnused(const CommandLine& line, const FitOptions& options,
                          const std::optional<WorldAddress>& address) {
  return RefuseUnusedFlags(line,
                           {{"approximate_from", options.training.head == v1::HEAD_TYPE_EMBEDDING,
                             absl::StrCat("with --head=", HeadName(options.training.head)),
                             "it is for --head=embedding"},
                            {"join_timeout", address.has_value(), "without MASTER_ADDR",
                             "it is for several processes that fit one network"}});
}

// Says why nothing was published, here and to the other ranks.
ExitCode GiveUp(const FitOptions& options, const absl::Status& why, ProgressListener& progress,
                World* world) {
  if (world != nullptr) {
    world->Leave(absl::StrCat("rank ", world->who().rank, " of ", world->who().ranks,
                              " ended early: ", why.message()));
  }
  // Only rank 0 knows.
  const bool is_first = world == nullptr || world->who().rank == 0;
  const bool kept =
      CheckpointFile(CheckpointDirectory::FileIn(CheckpointDirectoryPath(options))).Exists();
  if (absl::IsCancelled(why)) {
    progress.Note(absl::StrCat(why.message(), "; nothing was published"));
    progress.Note(kept || !is_first
                      ? "to go on, run the same command with --resume"
                      : "no epoch was whole, so nothing is kept: to start over, run the same "
                        "command again");
    return kExitStopped;
  }
  progress.Note("");
  if (world != nullptr && is_first && kept) {
    progress.Note("the last whole epoch is kept: to go on, start all ranks again with --resume");
  }
  return Fail(why.message());
}

// The world that the environment names; null for a process that trains alone.
absl::StatusOr<std::unique_ptr<World>> JoinNamedWorld(const std::optional<WorldAddress>& address,
                                                      c10::Device device,
                                                      ProgressListener& progress) {
  if (!address || address->who.ranks == 1) return nullptr;
  progress.Note(absl::StrCat("rank ", address->who.rank, " of ", address->who.ranks,
                             ": meeting the others at ", address->host, ":", address->port));
  return JoinWorld(*address, {.device = device, .join_timeout = absl::GetFlag(FLAGS_join_timeout)});
}

ExitCode Run(const FitOptions& options, const std::optional<WorldAddress>& address) {
  KeepFreedMemory();
  const StopCondition stop_requested = StopOnSignals();
  ProgressPrinter progress(std::cerr, isatty(STDERR_FILENO) != 0, Clock::Steady());
  const auto world = JoinNamedWorld(address, options.device, progress);
  if (!world.ok()) return Fail(world.status().message());
  if (*world != nullptr && (*world)->who().rank > 0) {
    const absl::Status status =
        TakePartInFit(options, progress, Clock::Steady(), stop_requested, **world);
    if (!status.ok()) return GiveUp(options, status, progress, world->get());
    progress.Note("this rank is done; rank 0 publishes");
    return kExitOk;
  }
  const auto published = RunFit(options, progress, Clock::Steady(), stop_requested, world->get());
  if (!published.ok()) return GiveUp(options, published.status(), progress, world->get());
  std::cout << FormatReport(*published) << "published "
            << (options.output / absl::StrCat(published->version())).string() << std::endl;
  return kExitOk;
}

absl::StatusOr<Work> Read(const CommandLine& line) {
  PROVNET_ASSIGN_OR_RETURN(FitOptions options, OptionsFromFlags(line));
  PROVNET_ASSIGN_OR_RETURN(const auto address, ReadWorldAddress(&std::getenv));
  PROVNET_RETURN_IF_ERROR(CheckJoinTimeout());
  PROVNET_RETURN_IF_ERROR(RefuseUnused(line, options, address));
  PROVNET_ASSIGN_OR_RETURN(options.device, DeviceFromFlags());
  return [options, address] { return Run(options, address); };
}

std::vector<absl::string_view> Flags() {
  std::vector<absl::string_view> names = TrainingFlagNames();
  for (absl::string_view name : ImageFolderFlagNames()) names.push_back(name);
  for (absl::string_view name : {"dataset", "output", "subset", "subset_strategy", "label_noise",
                                 "near_duplicates", "membership_reference", "approximate_from",
                                 "threads", "device", "resume", "checkpoint_dir", "join_timeout"}) {
    names.push_back(name);
  }
  return names;
}

}  // namespace

const Command& FitCommand() {
  static const auto& command = *new Command{
      .name = "fit",
      .summary = "trains, evaluates and publishes a model",
      .usage = Usage,
      .flags = Flags(),
      .read = Read,
  };
  return command;
}

}  // namespace provnet
