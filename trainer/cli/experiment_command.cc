#include "trainer/cli/experiment_command.h"

#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <system_error>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "storage/base/atomic_file.h"
#include "storage/base/file_io.h"
#include "storage/base/status_macros.h"
#include "trainer/cli/command.h"
#include "trainer/cli/data_flags.h"
#include "trainer/cli/freed_memory.h"
#include "trainer/cli/training_flags.h"
#include "trainer/experiments/gnuplot.h"
#include "trainer/experiments/libraries.h"
#include "trainer/experiments/registry.h"
#include "trainer/experiments/result_json.h"
#include "trainer/experiments/result_page.h"
#include "trainer/experiments/run_experiment.h"
#include "trainer/training/progress_printer.h"

ABSL_FLAG(bool, quick, false, provnet::kSeeUsage);
ABSL_FLAG(std::string, page, "", provnet::kSeeUsage);

namespace provnet {
namespace {

namespace fs = std::filesystem;

constexpr char kHead[] =
    R"(provnet-train experiment: measures one of the figures that the networks are judged by, and writes it down.

usage: provnet-train experiment list
       provnet-train experiment NAME --dataset=DATA [flags]

experiments
)";

constexpr char kFlags[] =
    R"(  --dataset=DATA                idx:DIR, the MNIST-format files in DIR; images:PATH, a folder or tar archive of class folders
                                with PNG or JPEG files; glyphs:N, N generated digits (required)
  --quick                       a variant of a minute at most, to see that it works; its figures mean little
  --seed=N                      everything random is drawn from it (1)
  --threads=N                   LibTorch threads (one a core)
  --work-dir=DIR                the experiment's own folder (out/experiments/NAME)
  --json=FILE                   the result for programs: metrics, tables, plots, machine, command (DIR/result.json)
  --page=FILE                   the result for people: one page with tables and plots (DIR/result.html)

Each finished step is kept in DIR/steps.jsonl. After Ctrl-C, or a crash, the same command goes on where it stopped; another data
set, seed or variant needs another --work-dir. Plots are drawn by gnuplot, where it is installed.
exit status: 0 measured, 1 failed, 2 wrong usage, 130 stopped
)";

std::string Overview() {
  std::string text;
  for (const Experiment* experiment : Experiments()) {
    absl::StrAppendFormat(&text, "  %-16s%s\n", experiment->name, experiment->summary);
  }
  return text;
}

std::string Usage() { return absl::StrCat(kHead, Overview(), "\n", kFlags); }

ExperimentOptions OptionsFromFlags(const Experiment& experiment) {
  ExperimentOptions options;
  options.dataset = absl::GetFlag(FLAGS_dataset);
  options.quick = absl::GetFlag(FLAGS_quick);
  options.seed = absl::GetFlag(FLAGS_seed);
  options.threads = ThreadsFromFlags();
  options.work_directory = absl::GetFlag(FLAGS_work_dir);
  if (options.work_directory.empty()) {
    options.work_directory = fs::path("out/experiments") / std::string(experiment.name);
  }
  return options;
}

absl::Status WriteResult(const fs::path& path, const std::string& contents) {
  std::error_code error;
  if (path.has_parent_path()) fs::create_directories(path.parent_path(), error);
  if (error) return ErrorCodeToStatus(error, "create", path.parent_path());
  return WriteFileAtomically(path, contents);
}

// `flag`'s value, or `name` in the work directory.
fs::path ResultPath(const std::string& flag, const ExperimentOptions& options, const char* name) {
  return flag.empty() ? options.work_directory / name : fs::path(flag);
}

absl::Status WriteResults(const ResultRecord& record) {
  const fs::path json = ResultPath(absl::GetFlag(FLAGS_json), record.options, "result.json");
  const fs::path page = ResultPath(absl::GetFlag(FLAGS_page), record.options, "result.html");
  PROVNET_RETURN_IF_ERROR(WriteResult(json, ResultJson(record)));
  PROVNET_RETURN_IF_ERROR(WriteResult(page, ResultPage(record, DrawPlot)));
  for (const auto& [name, value] : record.result.metrics) {
    std::cout << absl::StreamFormat("  %-50s %12.6g\n", name, value);
  }
  std::cout << "wrote " << json.string() << " and " << page.string() << std::endl;
  return absl::OkStatus();
}

ExitCode Measure(const Experiment& experiment, const ExperimentOptions& options,
                 const CommandLine& line) {
  KeepFreedMemory();
  const StopCondition stop_requested = StopOnSignals();
  ProgressPrinter progress(std::cerr, isatty(STDERR_FILENO) != 0, Clock::Steady());
  auto result = RunExperiment(experiment, options, progress, Clock::Steady(), stop_requested);
  if (absl::IsCancelled(result.status())) {
    progress.Note(absl::StrCat(result.status().message(), "; finished steps are kept in ",
                               options.work_directory.string()));
    progress.Note("to go on, run the same command again");
    return kExitStopped;
  }
  if (!result.ok()) {
    progress.Note("");
    return Fail(kExitFailed, result.status().message());
  }
  ResultRecord record{.experiment = std::string(experiment.name),
                      .summary = std::string(experiment.summary),
                      .options = options,
                      .result = *std::move(result),
                      .machine = DescribeMachine(),
                      .date = absl::Now(),
                      .command = line.text};
  record.machine.libraries = LibraryVersions();
  const absl::Status written = WriteResults(record);
  return written.ok() ? kExitOk : Fail(kExitFailed, written.message());
}

ExitCode Run(const CommandLine& line) {
  if (line.arguments.empty()) {
    return Fail(kExitUsage,
                absl::StrCat("no experiment named; expected list or one of ", ExperimentNames()));
  }
  const std::string& name = line.arguments.front();
  if (name == "list") {
    std::cout << Overview();
    return kExitOk;
  }
  const Experiment* experiment = FindExperiment(name);
  if (experiment == nullptr) {
    return Fail(kExitUsage, absl::StrCat("unknown experiment ", name, "; expected list or one of ",
                                         ExperimentNames()));
  }
  return RunExperimentFromFlags(*experiment, line);
}

}  // namespace

std::string ExperimentFlagsUsage() { return kFlags; }

std::vector<absl::string_view> ExperimentFlagNames() {
  return {"dataset", "quick", "seed", "threads", "work_dir", "json", "page"};
}

ExitCode RunExperimentFromFlags(const Experiment& experiment, const CommandLine& line) {
  const ExperimentOptions options = OptionsFromFlags(experiment);
  if (const absl::Status valid = ValidateExperimentOptions(options); !valid.ok()) {
    return Fail(kExitUsage, valid.message());
  }
  return Measure(experiment, options, line);
}

const Command& ExperimentCommand() {
  static const auto& command = *new Command{
      .name = "experiment",
      .summary = "measures the figures that networks are judged by",
      .usage = Usage,
      .flags = ExperimentFlagNames(),
      .max_arguments = 1,
      .run = Run,
  };
  return command;
}

}  // namespace provnet
