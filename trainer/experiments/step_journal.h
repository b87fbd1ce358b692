#ifndef PROVNET_TRAINER_EXPERIMENTS_STEP_JOURNAL_H_
#define PROVNET_TRAINER_EXPERIMENTS_STEP_JOURNAL_H_

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "trainer/journal/journal.h"

namespace provnet {

// Measured numbers by metric name, e.g. "auc" or "tpr_at_fpr_0_001".
using Figures = std::map<std::string, double>;

// The finished steps of an experiment, on disk (see Journal): the unit in which an interrupted one
// goes on. Thread-safe for steps of different keys.
class StepJournal {
 public:
  // Opens or creates the file at `path`; its folder exists. Errors are Journal::Open's.
  static absl::StatusOr<StepJournal> Open(const std::filesystem::path& path,
                                          const StudyIdentity& identity);

  // The figures of step `key`: recorded ones, or else those of `compute`, which are then recorded.
  // `key` says all that distinguishes the step within the experiment, e.g. "embedding/0.3/seed 2".
  // Errors of `compute` pass and nothing is recorded. INTERNAL names a figure that is not finite.
  absl::StatusOr<Figures> Step(absl::string_view key,
                               const std::function<absl::StatusOr<Figures>()>& compute);

  // Steps on record.
  size_t size() const { return journal_->size(); }

 private:
  explicit StepJournal(std::unique_ptr<Journal<Figures>> journal) : journal_(std::move(journal)) {}

  std::unique_ptr<Journal<Figures>> journal_;
};

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPERIMENTS_STEP_JOURNAL_H_
