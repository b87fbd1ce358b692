#ifndef PROVNET_TRAINER_EXPERIMENTS_MEASURED_FIT_H_
#define PROVNET_TRAINER_EXPERIMENTS_MEASURED_FIT_H_

#include <filesystem>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "provnet/v1/bundle.pb.h"
#include "trainer/experiments/experiment.h"
#include "trainer/export/fit_options.h"

namespace provnet {

// More figures of a fit, from its published bundle, while that exists.
using BundleMeter = std::function<absl::StatusOr<Figures>(const v1::BundleManifest& manifest,
                                                          const std::filesystem::path& bundle)>;

// One step of an experiment: a fit through RunFit, which measures through the serving engine, and
// the figures of its manifest: test_accuracy, index_top1, index_top5, index_top1_shift2,
// index_top5_shift2, label_agreement_top5, train_seconds, peak_rss_bytes, parameters, samples; and
// those of `meter`, if given. `fit` says data and training; output, threads and resumption are
// filled here: an interrupted fit goes on after its last whole epoch, and one that was published
// but not yet measured by `meter` is not repeated. The bundle, hundreds of MiB for a head over all
// samples, is removed once measured. Errors are RunFit's.
absl::StatusOr<Figures> MeasuredFit(const ExperimentContext& context, absl::string_view key,
                                    FitOptions fit, const BundleMeter& meter = nullptr);

// The share of `samples` that a quick variant works on: at most 300 samples.
double QuickShare(size_t samples);

// The share that a study of something other than the number of samples works on: 30 %, with which
// the paper's figures can be compared, or QuickShare.
double StudyShare(const ExperimentOptions& options, size_t samples);

// Adds a step's figures to an experiment's metrics, as KEY/NAME.
void AddFigures(absl::string_view key, const Figures& figures, Figures& metrics);

// The defaults of `head` for an experiment with these options, suited to photographs where the data
// set is images:PATH; in the quick variant the tiny backbone and few epochs.
FitOptions FitFor(const ExperimentOptions& options, v1::HeadType head);

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPERIMENTS_MEASURED_FIT_H_
