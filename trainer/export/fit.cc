#include "trainer/export/fit.h"

#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "server/engine/servable.h"
#include "storage/base/file_io.h"
#include "storage/base/status_macros.h"
#include "storage/bundle_writer.h"
#include "storage/golden_answers.h"
#include "storage/membership_calibration.h"
#include "storage/staging_directory.h"
#include "trainer/data/reference_set.h"
#include "trainer/distributed/world.h"
#include "trainer/export/bundle_contents.h"
#include "trainer/export/chosen_subset.h"
#include "trainer/export/evaluation.h"
#include "trainer/export/fit_preparation.h"
#include "trainer/export/golden_recording.h"
#include "trainer/export/membership_scores.h"
#include "trainer/export/peak_memory.h"
#include "trainer/export/precision_checks.h"
#include "trainer/export/search_cells.h"
#include "trainer/export/training_data.h"
#include "trainer/training/checkpoint_directory.h"
#include "trainer/training/trainer.h"

namespace provnet {
namespace {

namespace fs = std::filesystem;

absl::Status MoveFiles(const v1::BundleManifest& manifest, const fs::path& from,
                       const fs::path& to) {
  for (const v1::FileEntry& file : manifest.files()) {
    const fs::path target = to / file.path();
    std::error_code error;
    fs::create_directories(target.parent_path(), error);
    if (!error) fs::rename(from / file.path(), target, error);
    if (error) return ErrorCodeToStatus(error, "move a file to", target);
  }
  return absl::OkStatus();
}

// Fills the measured shares and records golden answers by serving the bundle in `directory`,
// version 1 of a private repository.
absl::Status MeasureServed(const FitOptions& options, const fs::path& directory,
                           const v1::BundleManifest& published, const DatasetPair& data,
                           const StopCondition& stop_requested, v1::Metrics& metrics,
                           v1::GoldenAnswers& golden) {
  const EngineOptions engine{.device = options.device.str(), .intra_op_threads = options.threads};
  PROVNET_ASSIGN_OR_RETURN(
      const auto servable,
      Servable::Load({published.model(), published.version(), directory}, engine));
  PROVNET_ASSIGN_OR_RETURN(metrics,
                           Evaluate(*servable, data, options.training.seed, stop_requested));
  PROVNET_ASSIGN_OR_RETURN(golden, RecordGolden(*servable, data.train));
  return absl::OkStatus();
}

// Says of the bundle in `directory` what a lower precision changes.
absl::Status MeasurePrecisions(const FitOptions& options, const fs::path& directory,
                               const v1::BundleManifest& published, const DatasetPair& data,
                               const StopCondition& stop_requested, v1::IndexHeadSpec& head) {
  const EngineOptions engine{.device = options.device.str(), .intra_op_threads = options.threads};
  PROVNET_ASSIGN_OR_RETURN(const std::vector<v1::PrecisionCheck> checks,
                           CheckPrecisions({published.model(), published.version(), directory},
                                           engine, data.test, stop_requested));
  for (const v1::PrecisionCheck& check : checks) *head.add_precision_checks() = check;
  return absl::OkStatus();
}

ReferenceDescription DescribeReference(const FitOptions& options) {
  const absl::StatusOr<ReferenceSource> source = ParseReferenceSource(options.membership_reference);
  const bool held_out = source.ok() && source->kind == ReferenceSource::Kind::kHeldOut;
  return {held_out ? "training images that were held out" : "training images outside the subset",
          options.dataset};
}

// Measures the membership scores by serving the bundle in `directory` in fp32, as a server computes
// them in whatever precision it explains.
absl::StatusOr<v1::MembershipCalibration> MeasureMembership(const FitOptions& options,
                                                            const fs::path& directory,
                                                            const v1::BundleManifest& published,
                                                            const TrainingData& loaded,
                                                            const StopCondition& stop_requested) {
  const EngineOptions engine{.device = options.device.str(),
                             .index_precision = "fp32",
                             .intra_op_threads = options.threads};
  PROVNET_ASSIGN_OR_RETURN(
      const auto servable,
      Servable::Load({published.model(), published.version(), directory}, engine));
  return CalibrateMembership(*servable, loaded.data.train, loaded.non_members,
                             DescribeReference(options), options.training.seed, stop_requested);
}

// A version is immutable and holds its own metrics, which come from serving it. So the bundle is
// first published in a private repository inside a staging folder beside the final version, served
// from there, and then its files move.
absl::StatusOr<v1::BundleManifest> EvaluateAndPublish(
    const FitOptions& options, TrainedNetwork& trained, const TrainingData& loaded,
    v1::BundleManifest manifest, BundleWriter& writer, const PeakMemory& memory,
    ProgressListener& progress, const StopCondition& stop_requested) {
  const DatasetPair& data = loaded.data;
  progress.Note("writing the bundle");
  PROVNET_ASSIGN_OR_RETURN(const auto scratch,
                           StagingDirectory::Create(writer.staging_directory().parent_path()));
  const fs::path model_directory = scratch->path() / "model";
  PROVNET_ASSIGN_OR_RETURN(const auto trial_writer, BundleWriter::Create(model_directory));
  PROVNET_RETURN_IF_ERROR(
      WriteBundleContents(trial_writer->staging_directory(), trained.network, data.train));
  PROVNET_RETURN_IF_ERROR(AddSearchCells(trial_writer->staging_directory(), options,
                                         trained.network, data, progress, manifest));
  manifest.set_parameter_count(trained.network.ParameterCount());
  PROVNET_ASSIGN_OR_RETURN(const v1::BundleManifest trial, trial_writer->Publish(manifest));
  const fs::path bundle = model_directory / absl::StrCat(trial.version());

  progress.Note("evaluating through the serving engine");
  v1::Metrics& metrics = *manifest.mutable_metrics();
  v1::GoldenAnswers golden;
  PROVNET_RETURN_IF_ERROR(
      MeasureServed(options, bundle, trial, data, stop_requested, metrics, golden));
  PROVNET_RETURN_IF_ERROR(MeasurePrecisions(options, bundle, trial, data, stop_requested,
                                            *manifest.mutable_index_head()));
  PROVNET_RETURN_IF_ERROR(WriteGoldenAnswers(writer.staging_directory(), golden));
  metrics.set_train_seconds(absl::ToDoubleSeconds(trained.training_time));
  metrics.set_peak_rss_bytes(memory.bytes());
  if (loaded.non_members.size() > 0) {
    progress.Note(absl::StrCat("calibrating membership on ", loaded.non_members.size(),
                               " images that were not trained on"));
    PROVNET_ASSIGN_OR_RETURN(const v1::MembershipCalibration calibration,
                             MeasureMembership(options, bundle, trial, loaded, stop_requested));
    PROVNET_RETURN_IF_ERROR(WriteMembershipCalibration(writer.staging_directory(), calibration));
  }
  PROVNET_RETURN_IF_ERROR(MoveFiles(trial, bundle, writer.staging_directory()));
  return writer.Publish(std::move(manifest));
}

// Chooses the subset, and tells the other ranks which it is.
SubsetChooser ChooserFor(const CheckpointDirectory& directory, const ScoringContext& context,
                         World* world) {
  return [=, file = directory.subset_path()](const v1::TrainingConfig& config,
                                             const Dataset& whole) -> absl::StatusOr<std::string> {
    PROVNET_ASSIGN_OR_RETURN(std::string mask, ChooseSubsetMask(config, whole, file, context));
    if (world != nullptr) PROVNET_RETURN_IF_ERROR(world->Post(kSubsetText, mask));
    return mask;
  };
}

// Whether there is something to go on from. Looked at before anything is read or created.
absl::Status CheckResumable(const FitOptions& options) {
  const fs::path file = CheckpointDirectory::FileIn(CheckpointDirectoryPath(options));
  std::error_code ignored;
  if (!options.resume || fs::symlink_status(file, ignored).type() != fs::file_type::not_found) {
    return absl::OkStatus();
  }
  return absl::NotFoundError(absl::StrCat(
      "--resume expects the checkpoint ", file.string(),
      ", which is not there: a run keeps one from its first whole epoch until it has published. "
      "Leave --resume out to start over, or say with --checkpoint-dir or --output where the run's "
      "checkpoint is"));
}

void NoteStart(const FitOptions& options, const CheckpointFile& checkpoint, const DatasetPair& data,
               ProgressListener& progress) {
  if (!options.resume && checkpoint.Exists()) {
    progress.Note(absl::StrCat("starting over: the checkpoint ", checkpoint.path().string(),
                               " of an earlier run will be replaced (--resume continues it)"));
  }
  progress.Note(absl::StrCat(options.resume ? "resuming" : "training", " on ", data.train.size(),
                             " samples of ", data.train.class_names.size(), " classes, ",
                             options.training.epochs, " epochs",
                             options.device.is_cuda() ? ", on " : "",
                             options.device.is_cuda() ? options.device.str() : ""));
}

}  // namespace

absl::StatusOr<v1::BundleManifest> RunFit(const FitOptions& options, ProgressListener& progress,
                                          const Clock& clock, const StopCondition& stop_requested,
                                          World* world) {
  PROVNET_RETURN_IF_ERROR(ValidateFitOptions(options));
  PROVNET_RETURN_IF_ERROR(CheckResumable(options));
  const PeakMemory memory;
  PROVNET_ASSIGN_OR_RETURN(const auto writer, BundleWriter::Create(options.output));
  PROVNET_ASSIGN_OR_RETURN(CheckpointDirectory directory,
                           CheckpointDirectory::Open(CheckpointDirectoryPath(options)));
  const CheckpointFile checkpoint(directory.checkpoint_path());
  // A run that got nowhere leaves no folder behind.
  const absl::Cleanup tidy = [&] {
    if (!checkpoint.Exists()) directory.Remove();
  };
  PROVNET_ASSIGN_OR_RETURN(
      const PreparedFit fit,
      PrepareFit(options, ChooserFor(directory, {progress, stop_requested}, world), progress));
  if (world != nullptr) PROVNET_RETURN_IF_ERROR(AgreeOnRun(fit.identity, *world));
  TrainingContext context{.checkpoint = checkpoint,
                          .resume = options.resume,
                          .progress = progress,
                          .clock = clock,
                          .stop_requested = stop_requested,
                          .device = options.device,
                          .world = world};
  NoteStart(options, checkpoint, fit.loaded.data, progress);
  PROVNET_ASSIGN_OR_RETURN(TrainedNetwork trained,
                           Train(fit.loaded.data.train, options.training, fit.identity, context));
  if (world != nullptr) PROVNET_RETURN_IF_ERROR(world->Part());
  PROVNET_ASSIGN_OR_RETURN(v1::BundleManifest published,
                           EvaluateAndPublish(options, trained, fit.loaded, fit.manifest, *writer,
                                              memory, progress, stop_requested));
  directory.Remove();
  return published;
}

}  // namespace provnet
