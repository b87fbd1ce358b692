#include "trainer/cli/experiment_command.h"

#include <unistd.h>

#include <filesystem>
#include <iostream>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "storage/base/atomic_file.h"
#include "storage/base/status_macros.h"
#include "trainer/cli/command.h"
#include "trainer/cli/data_flags.h"
#include "trainer/cli/flag_use.h"
#include "trainer/cli/freed_memory.h"
#include "trainer/cli/output_paths.h"
#include "trainer/cli/shell_text.h"
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

// Where the results go.
struct ResultPaths {
  fs::path json;
  fs::path page;
};

// `flag`'s value, or `name` in the work directory.
fs::path ResultPath(const std::string& flag, const ExperimentOptions& options, const char* name) {
  return flag.empty() ? options.work_directory / name : fs::path(flag);
}

absl::StatusOr<ResultPaths> ResultPathsFromFlags(const ExperimentOptions& options) {
  ResultPaths paths{.json = ResultPath(absl::GetFlag(FLAGS_json), options, "result.json"),
                    .page = ResultPath(absl::GetFlag(FLAGS_page), options, "result.html")};
  PROVNET_RETURN_IF_ERROR(
      CheckPathsDiffer({{"--work-dir", options.work_directory},
                        {"the journal in --work-dir", options.work_directory / kStepsFile},
                        {"--json", paths.json},
                        {"--page", paths.page}}));
  return paths;
}

absl::Status WriteResults(const ResultRecord& record, const ResultPaths& paths) {
  PROVNET_RETURN_IF_ERROR(WriteFileAtomically(paths.json, ResultJson(record)));
  PROVNET_RETURN_IF_ERROR(WriteFileAtomically(paths.page, ResultPage(record, DrawPlot)));
  for (const auto& [name, value] : record.result.metrics) {
    std::cout << absl::StreamFormat("  %-50s %12.6g\n", name, value);
  }
  std::cout << "wrote " << paths.json.string() << " and " << paths.page.string() << std::endl;
  return absl::OkStatus();
}

ExitCode Measure(const Experiment& experiment, const ExperimentOptions& options,
                 const ResultPaths& paths, const std::string& command) {
  for (const fs::path& path : {paths.json, paths.page}) {
    if (const absl::Status status = PrepareOutputFile(path); !status.ok()) {
      return Fail(status.message());
    }
  }
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
    return Fail(result.status().message());
  }
  ResultRecord record{.experiment = std::string(experiment.name),
                      .summary = std::string(experiment.summary),
                      .options = options,
                      .result = *std::move(result),
                      .machine = DescribeMachine(),
                      .date = absl::Now(),
                      .command = command};
  record.machine.libraries = LibraryVersions();
  const absl::Status written = WriteResults(record, paths);
  return written.ok() ? kExitOk : Fail(written.message());
}

ExitCode List() {
  std::cout << Overview();
  return kExitOk;
}

absl::StatusOr<Work> ReadList(const CommandLine& line) {
  std::vector<FlagUse> uses;
  for (absl::string_view flag : ExperimentFlagNames()) {
    uses.push_back({flag, false, "with 'list'", "it is for running an experiment"});
  }
  PROVNET_RETURN_IF_ERROR(RefuseUnusedFlags(line, uses));
  return Work(List);
}

absl::StatusOr<Work> Read(const CommandLine& line) {
  if (line.arguments.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("no experiment named; expected list or one of ", ExperimentNames()));
  }
  const std::string& name = line.arguments.front();
  if (name == "list") return ReadList(line);
  if (const Experiment* experiment = FindExperiment(name); experiment != nullptr) {
    return ReadExperiment(*experiment, "experiment", line);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("unknown experiment ", name, "; expected list or one of ", ExperimentNames()));
}

}  // namespace

std::string ExperimentFlagsUsage() { return kFlags; }

std::vector<absl::string_view> ExperimentFlagNames() {
  return {"dataset", "quick", "seed", "threads", "work_dir", "json", "page"};
}

absl::StatusOr<Work> ReadExperiment(const Experiment& experiment, absl::string_view command,
                                    const CommandLine& line) {
  const ExperimentOptions options = OptionsFromFlags(experiment);
  PROVNET_RETURN_IF_ERROR(ValidateExperimentOptions(options));
  PROVNET_ASSIGN_OR_RETURN(const ResultPaths paths, ResultPathsFromFlags(options));
  const std::string typed = absl::StrCat("provnet-train ", command, " ", ShellText(line.typed));
  return [=, &experiment] { return Measure(experiment, options, paths, typed); };
}

const Command& ExperimentCommand() {
  static const auto& command = *new Command{
      .name = "experiment",
      .summary = "measures the figures that networks are judged by",
      .usage = Usage,
      .flags = ExperimentFlagNames(),
      .max_arguments = 1,
      .read = Read,
  };
  return command;
}

}  // namespace provnet
