#ifndef PROVNET_TRAINER_EXPERIMENTS_EXPERIMENT_H_
#define PROVNET_TRAINER_EXPERIMENTS_EXPERIMENT_H_

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "storage/base/clock.h"
#include "trainer/experiments/step_journal.h"
#include "trainer/training/progress.h"
#include "trainer/training/stop_signal.h"

namespace provnet {

// A table of a result, ready to print: every row has as many cells as there are columns.
struct ResultTable {
  std::string title;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
  // What a reader should know about it; may be empty.
  std::string note;
};

// A curve: y over x, of equal lengths.
struct Series {
  std::string name;
  std::vector<double> x;
  std::vector<double> y;
  // Empty, or as long as y: +- one standard deviation.
  std::vector<double> y_error;
  // Empty, or as long as y: the ends of each value's interval. Bars only.
  std::vector<double> y_low = {};
  std::vector<double> y_high = {};
};

struct Plot {
  std::string title;
  std::string x_label;
  std::string y_label;
  bool log_x = false;
  std::vector<Series> series;
  // Not empty: horizontal bars in place of curves, named from the top; a point's x is the index of
  // its bar, and its y the bar's length.
  std::vector<std::string> bar_names = {};
  // With bars: a line across all of them at this length, such as what can be reached at best.
  absl::optional<double> limit = {};
  std::string limit_name = {};
};

// What an experiment found. Shares are in 0 .. 1, times in seconds, sizes in bytes.
struct ExperimentResult {
  // What the figures say, drawn from them, in a sentence or two; may be empty. Shown first.
  std::string verdict = {};
  // By stable names, for programs that compare runs.
  Figures metrics;
  std::vector<ResultTable> tables;
  std::vector<Plot> plots;
  // Paragraphs: what was done, with which settings, and what the figures don't say.
  std::vector<std::string> notes;
};

// What `provnet-train experiment` is asked to do.
struct ExperimentOptions {
  // As LoadDataset takes it.
  std::string dataset;
  // A small variant that shows within a minute that the experiment works; its figures mean little.
  bool quick = false;
  // Everything random is drawn from it.
  uint64_t seed = 1;
  // Threads to work on, 1 .. 1024.
  int threads = 1;
  // The experiment's own folder: its journal, and what it needs on disk on the way.
  std::filesystem::path work_directory;
};

// INVALID_ARGUMENT names the flag, its value and what was expected.
absl::Status ValidateExperimentOptions(const ExperimentOptions& options);

// What surrounds a running experiment.
struct ExperimentContext {
  const ExperimentOptions& options;
  ProgressListener& progress;
  const Clock& clock;
  // Asked often; an experiment that was told to stop returns CANCELLED.
  StopCondition stop_requested;
  // Keeps each step's figures: a step that is in there is not computed again.
  StepJournal& journal;
};

// One experiment.
struct Experiment {
  // As the command line spells it.
  absl::string_view name;
  // One line for the overview.
  absl::string_view summary;
  // Blocks until all is measured. Data set and options are checked before the first expensive step:
  // INVALID_ARGUMENT when the experiment can't work with them. CANCELLED when asked to stop; the
  // journal then holds what was finished.
  absl::StatusOr<ExperimentResult> (*run)(const ExperimentContext& context);
};

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPERIMENTS_EXPERIMENT_H_
