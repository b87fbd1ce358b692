#include "server/security/recording_state.h"

#include "absl/strings/str_cat.h"

namespace provnet {

absl::Status RecordingState::Check() const {
  if (broken()) return absl::UnavailableError(absl::StrCat(what_, " can't be recorded"));
  const int64_t began = began_.load(std::memory_order_relaxed);
  if (began == kIdle) return absl::OkStatus();
  // Another write may have begun meanwhile.
  const absl::Duration waited = absl::Milliseconds(Now() - began);
  if (waited < kStuck) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat(what_, " can't be recorded: the disk has not answered for ",
                   absl::FormatDuration(absl::Trunc(waited, absl::Seconds(1)))));
}

}  // namespace provnet
