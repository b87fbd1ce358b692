#include "trainer/faithfulness/retraining.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "server/model/torch_status.h"
#include "storage/base/mutex.h"
#include "storage/base/status_macros.h"
#include "trainer/data/subset.h"
#include "trainer/faithfulness/stopwatch.h"
#include "trainer/faithfulness/worker_threads.h"

namespace provnet {
namespace {

// Says now and then how far a batch of fits is. Thread-safe.
class Milestones {
 public:
  Milestones(absl::string_view what, size_t total, ProgressListener& progress)
      : what_(what), total_(total), progress_(progress) {}

  void OneDone() {
    MutexLock lock(mutex_);
    ++done_;
    if (done_ * kNotes / total_ == (done_ - 1) * kNotes / total_) return;
    progress_.Note(absl::StrFormat("%d of %d %s, %.1f s each", done_, total_, what_,
                                   watch_.Seconds() / static_cast<double>(done_)));
  }

 private:
  static constexpr size_t kNotes = 10;

  const std::string what_;
  const size_t total_;
  const Stopwatch watch_;
  Mutex mutex_;
  ProgressListener& progress_ ABSL_GUARDED_BY(mutex_);
  size_t done_ ABSL_GUARDED_BY(mutex_) = 0;
};

absl::StatusOr<std::vector<float>> RunJob(const RetrainContext& context, const RetrainJob& job) {
  const Dataset data = Select(context.samples, job.samples);
  PROVNET_ASSIGN_OR_RETURN(
      ProvenanceNetwork network,
      FitQuietly(data, PlainOptions(context.epochs, job.seed), context.stop_requested));
  return TryTorch("ask a retrained network",
                  [&]() -> absl::StatusOr<std::vector<float>> { return job.read(network); });
}

}  // namespace

absl::StatusOr<std::vector<std::vector<float>>> Retrain(const RetrainContext& context,
                                                        absl::string_view what,
                                                        const std::vector<RetrainJob>& jobs) {
  std::vector<std::vector<float>> results(jobs.size());
  std::vector<size_t> missing;
  for (size_t i = 0; i < jobs.size(); ++i) {
    if (auto recorded = context.journal.Find(jobs[i].key)) {
      results[i] = *std::move(recorded);
    } else {
      missing.push_back(i);
    }
  }
  context.progress.Note(absl::StrCat(missing.size(), " ", what, " to do, ",
                                     jobs.size() - missing.size(), " on record"));
  Milestones milestones(what, missing.size(), context.progress);
  const auto run = [&](size_t i) -> absl::Status {
    if (context.stop_requested()) return absl::CancelledError(absl::StrCat("stopped ", what));
    const RetrainJob& job = jobs[missing[i]];
    PROVNET_ASSIGN_OR_RETURN(results[missing[i]], RunJob(context, job));
    PROVNET_RETURN_IF_ERROR(context.journal.Append(job.key, results[missing[i]]));
    milestones.OneDone();
    return absl::OkStatus();
  };
  PROVNET_RETURN_IF_ERROR(RunSideBySide(missing.size(), context.threads, run));
  return results;
}

}  // namespace provnet
