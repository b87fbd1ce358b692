#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <memory>
#include <system_error>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "storage/base/atomic_file.h"
#include "storage/base/file_io.h"
#include "storage/base/status_macros.h"
#include "trainer/audit/audit.h"
#include "trainer/audit/bundle_samples.h"
#include "trainer/audit/report_json.h"
#include "trainer/audit/report_page.h"
#include "trainer/cli/command.h"
#include "trainer/cli/data_flags.h"
#include "trainer/cli/flag_use.h"
#include "trainer/cli/freed_memory.h"
#include "trainer/cli/output_paths.h"
#include "trainer/cli/training_flags.h"
#include "trainer/data/dataset_checks.h"
#include "trainer/training/progress_printer.h"

ABSL_FLAG(std::string, bundle, "", provnet::kSeeUsage);
ABSL_FLAG(std::string, report, "", provnet::kSeeUsage);
ABSL_FLAG(uint64_t, top, 200, provnet::kSeeUsage);
ABSL_FLAG(uint32_t, folds, 5, provnet::kSeeUsage);
ABSL_FLAG(uint32_t, repeats, 1, provnet::kSeeUsage);
ABSL_FLAG(uint32_t, rounds, 3, provnet::kSeeUsage);

namespace provnet {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMaxTop = 10'000;

std::string Usage() {
  return R"(provnet-train audit: finds wrong labels, duplicates and outliers among a bundle's training samples, with the evidence.

usage: provnet-train audit --bundle=REPOSITORY/NAME/VERSION [--report=FILE] [--json=FILE] [flags]

  --bundle=DIR                  one version of a model; its stored samples are audited (required)
  --report=FILE                 the page to work through, worst labels first; needs no network (this or --json is required)
  --json=FILE                   all findings on every sample, for programs (docs/audit.md)
  --top=N                       with --report: labels, groups and outliers on the page, 1 to 10000 (200)
  --folds=N                     each sample is judged by models that saw the other N-1 folds; 2 to 50 (5)
  --rounds=N                    after the first, models don't learn from labels that the round before found wrong; 1 to 10 (3)
  --repeats=N                   times that each round is done, with other folds; 1 to 50 (1)
  --seed=N                      draws folds and initial values (1)
  --threads=N                   fits side by side (one a core)
  --work-dir=DIR                where finished fits are kept (FILE.work, removed at the end)

Needs nothing but the bundle, of up to 500000 samples: all pairs are compared. Damaged samples are reported and left out.
Ctrl-C keeps the finished fits; the same command goes on from there.
exit status: 0 written, 1 failed, 2 wrong usage, 130 stopped
)";
}

struct AuditFlags {
  std::string bundle;
  fs::path page;
  fs::path json;
  fs::path work_directory;
  uint64_t top = 0;
  AuditOptions options;
};

fs::path JournalPath(const AuditFlags& flags) { return flags.work_directory / "fits.jsonl"; }

absl::Status CheckRange(absl::string_view flag, uint64_t value, uint64_t low, uint64_t high) {
  if (value >= low && value <= high) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("--", flag, "=", value, ": expected ", low, " to ", high));
}

absl::StatusOr<AuditFlags> ReadFlags(const CommandLine& line) {
  AuditFlags flags{.bundle = absl::GetFlag(FLAGS_bundle),
                   .page = absl::GetFlag(FLAGS_report),
                   .json = absl::GetFlag(FLAGS_json),
                   .work_directory = absl::GetFlag(FLAGS_work_dir),
                   .top = absl::GetFlag(FLAGS_top),
                   .options = DefaultAuditOptions(absl::GetFlag(FLAGS_seed), ThreadsFromFlags())};
  OutOfFoldOptions& fits = flags.options.out_of_fold;
  fits.folds = absl::GetFlag(FLAGS_folds);
  fits.repeats = absl::GetFlag(FLAGS_repeats);
  flags.options.rounds = absl::GetFlag(FLAGS_rounds);
  if (flags.bundle.empty()) {
    return absl::InvalidArgumentError("--bundle is missing, expected the folder of one version");
  }
  if (flags.page.empty() && flags.json.empty()) {
    return absl::InvalidArgumentError("--report and --json are missing, expected a file in either");
  }
  PROVNET_RETURN_IF_ERROR(CheckRange("top", flags.top, 1, kMaxTop));
  PROVNET_RETURN_IF_ERROR(CheckRange("folds", fits.folds, 2, 50));
  PROVNET_RETURN_IF_ERROR(CheckRange("repeats", fits.repeats, 1, 50));
  PROVNET_RETURN_IF_ERROR(CheckRange("rounds", flags.options.rounds, 1, 10));
  if (fits.threads < 1 || fits.threads > 1024) {
    return absl::InvalidArgumentError(
        absl::StrCat("--threads=", fits.threads, ": expected 1 to 1024"));
  }
  if (flags.work_directory.empty()) {
    flags.work_directory = flags.page.empty() ? flags.json : flags.page;
    flags.work_directory += ".work";
  }
  PROVNET_RETURN_IF_ERROR(CheckPathsDiffer({{"--work-dir", flags.work_directory},
                                            {"the journal in --work-dir", JournalPath(flags)},
                                            {"--json", flags.json},
                                            {"--report", flags.page}}));
  PROVNET_RETURN_IF_ERROR(RefuseUnusedFlags(
      line, {{"top", !flags.page.empty(), "without --report", "it is for the page"}}));
  return flags;
}

absl::StatusOr<std::unique_ptr<AuditJournal>> OpenJournal(const AuditFlags& flags,
                                                          const BundleSamples& samples) {
  std::error_code error;
  fs::create_directories(flags.work_directory, error);
  if (error) return ErrorCodeToStatus(error, "create", flags.work_directory);
  const OutOfFoldOptions& fits = flags.options.out_of_fold;
  StudyIdentity identity = DescribeTrainingOptions(fits.training);
  identity["samples"] = Fingerprint(samples.data);
  identity["folds"] = absl::StrCat(fits.folds);
  identity["repeats"] = absl::StrCat(fits.repeats);
  return AuditJournal::Open(JournalPath(flags), identity);
}

void NoteSamples(const BundleSamples& samples, ProgressListener& progress) {
  progress.Note(absl::StrCat("auditing ", samples.data.size(), " samples of ",
                             samples.data.class_names.size(), " classes"));
  if (!samples.damage.empty()) progress.Note(absl::StrCat("warning: ", samples.damage));
  if (samples.damaged.empty()) return;
  progress.Note(
      absl::StrCat("warning: ", samples.damaged.size(), " samples are left out, the first: sample ",
                   samples.damaged.front().sample_index, ": ", samples.damaged.front().reason));
}

absl::Status WriteReports(const AuditFlags& flags, const BundleSamples& samples,
                          const AuditResult& result) {
  const AuditReport report{flags.bundle, samples, result, flags.options, absl::Now()};
  if (!flags.json.empty()) {
    PROVNET_RETURN_IF_ERROR(WriteFileAtomically(flags.json, AuditReportJson(report)));
  }
  if (!flags.page.empty()) {
    PROVNET_RETURN_IF_ERROR(WriteFileAtomically(flags.page, AuditPage(report, flags.top)));
  }
  std::cout << absl::StreamFormat(
                   "  label errors, estimated   %.0f\n  labels in doubt           %d\n"
                   "  exact duplicates          %d groups\n  near duplicates           %d groups\n"
                   "  outliers                  %d\n",
                   result.joint.estimated_errors, result.issues, result.exact_duplicates.size(),
                   result.near_duplicate_groups.size(), OutlyingRows(result).size())
            << "wrote " << (flags.page.empty() ? flags.json : flags.page).string()
            << (flags.page.empty() || flags.json.empty() ? "" : " and " + flags.json.string())
            << std::endl;
  return absl::OkStatus();
}

absl::Status RunAudit(const AuditFlags& flags, ProgressListener& progress,
                      const StopCondition& stop_requested) {
  PROVNET_RETURN_IF_ERROR(PrepareOutputFile(flags.page));
  PROVNET_RETURN_IF_ERROR(PrepareOutputFile(flags.json));
  progress.Note(absl::StrCat("verifying and reading ", flags.bundle));
  PROVNET_ASSIGN_OR_RETURN(const BundleSamples samples,
                           ReadBundleSamples(flags.bundle, stop_requested));
  NoteSamples(samples, progress);
  PROVNET_RETURN_IF_ERROR(CheckAuditable(samples.data, flags.options));
  PROVNET_ASSIGN_OR_RETURN(const auto journal, OpenJournal(flags, samples));
  PROVNET_ASSIGN_OR_RETURN(const AuditResult result,
                           Audit(samples.data, flags.options,
                                 {progress, Clock::Steady(), stop_requested, journal.get()}));
  PROVNET_RETURN_IF_ERROR(WriteReports(flags, samples, result));
  std::error_code ignored;
  fs::remove(JournalPath(flags), ignored);
  fs::remove(flags.work_directory, ignored);
  return absl::OkStatus();
}

ExitCode Run(const AuditFlags& flags) {
  KeepFreedMemory();
  const StopCondition stop_requested = StopOnSignals();
  ProgressPrinter progress(std::cerr, isatty(STDERR_FILENO) != 0, Clock::Steady());
  const absl::Status status = RunAudit(flags, progress, stop_requested);
  if (absl::IsCancelled(status)) {
    progress.Note(absl::StrCat(status.message(), "; finished fits are kept in ",
                               flags.work_directory.string()));
    progress.Note("to go on, run the same command again");
    return kExitStopped;
  }
  if (status.ok()) return kExitOk;
  progress.Note("");
  return Fail(status.message());
}

absl::StatusOr<Work> Read(const CommandLine& line) {
  PROVNET_ASSIGN_OR_RETURN(const AuditFlags flags, ReadFlags(line));
  return [flags] { return Run(flags); };
}

}  // namespace

const Command& AuditCommand() {
  static const auto& command = *new Command{
      .name = "audit",
      .summary = "finds wrong labels, duplicates and outliers among a bundle's samples",
      .usage = Usage,
      .flags = {"bundle", "report", "json", "top", "folds", "rounds", "repeats", "seed", "threads",
                "work_dir"},
      .read = Read,
  };
  return command;
}

}  // namespace provnet
