#ifndef PROVNET_TRAINER_TRAINING_PROGRESS_PRINTER_H_
#define PROVNET_TRAINER_TRAINING_PROGRESS_PRINTER_H_

#include <ostream>
#include <string>

#include "absl/strings/string_view.h"
#include "storage/base/clock.h"
#include "trainer/training/progress.h"

namespace provnet {

// Shows progress on a terminal by redrawing one line, elsewhere as plain lines: one an epoch, and
// one at least every ten seconds. Not thread-safe.
class ProgressPrinter : public ProgressListener {
 public:
  // `out` and `clock` outlive this object.
  ProgressPrinter(std::ostream& out, bool terminal, const Clock& clock);
  ~ProgressPrinter() override;

  void BatchDone(const TrainingProgress& progress) override;
  void EpochDone(const TrainingProgress& progress) override;
  void Note(absl::string_view text) override;

 private:
  void EndRedrawnLine();

  std::ostream& out_;
  const bool terminal_;
  const Clock& clock_;
  absl::Duration next_output_ = absl::ZeroDuration();
  bool line_open_ = false;
};

// E.g. "epoch 3/8  batch 42/141  class loss 0.0312  index loss 1.2345  1120 images/s  1m20s left".
std::string FormatProgress(const TrainingProgress& progress);

}  // namespace provnet

#endif  // PROVNET_TRAINER_TRAINING_PROGRESS_PRINTER_H_
