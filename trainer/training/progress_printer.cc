#include "trainer/training/progress_printer.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace provnet {
namespace {

constexpr absl::Duration kRedrawInterval = absl::Milliseconds(100);
constexpr absl::Duration kLineInterval = absl::Seconds(10);
constexpr int kBarCells = 20;
// Return to the line's start and erase it.
constexpr char kRestartLine[] = "\r\x1b[2K";

std::string FormatBar(const TrainingProgress& progress) {
  const double batches = static_cast<double>(std::max<uint64_t>(progress.batches, 1));
  const double done = (progress.epoch - 1 + static_cast<double>(progress.batch) / batches) /
                      std::max<uint32_t>(progress.epochs, 1);
  const int full = std::clamp(static_cast<int>(done * kBarCells), 0, kBarCells);
  return absl::StrCat("[", std::string(full, '='), std::string(kBarCells - full, ' '), "] ");
}

}  // namespace

std::string FormatProgress(const TrainingProgress& progress) {
  return absl::StrFormat(
      "epoch %d/%d  batch %d/%d  class loss %.4f  index loss %.4f  %.0f images/s  %s left",
      progress.epoch, progress.epochs, progress.batch, progress.batches, progress.class_loss,
      progress.index_loss, progress.images_per_second,
      absl::FormatDuration(absl::Ceil(progress.remaining, absl::Seconds(1))));
}

ProgressPrinter::ProgressPrinter(std::ostream& out, bool terminal, const Clock& clock)
    : out_(out), terminal_(terminal), clock_(clock) {
  next_output_ = clock_.Monotonic() + (terminal_ ? absl::ZeroDuration() : kLineInterval);
}

ProgressPrinter::~ProgressPrinter() { EndRedrawnLine(); }

void ProgressPrinter::BatchDone(const TrainingProgress& progress) {
  const absl::Duration now = clock_.Monotonic();
  if (now < next_output_) return;
  if (terminal_) {
    out_ << kRestartLine << FormatBar(progress) << FormatProgress(progress) << std::flush;
    line_open_ = true;
    next_output_ = now + kRedrawInterval;
  } else {
    out_ << FormatProgress(progress) << std::endl;
    next_output_ = now + kLineInterval;
  }
}

void ProgressPrinter::EpochDone(const TrainingProgress& progress) {
  if (terminal_) out_ << kRestartLine;
  line_open_ = false;
  out_ << FormatProgress(progress) << std::endl;
  next_output_ = clock_.Monotonic() + (terminal_ ? kRedrawInterval : kLineInterval);
}

void ProgressPrinter::Note(absl::string_view text) {
  EndRedrawnLine();
  out_ << text << std::endl;
}

void ProgressPrinter::EndRedrawnLine() {
  if (line_open_) out_ << std::endl;
  line_open_ = false;
}

}  // namespace provnet
