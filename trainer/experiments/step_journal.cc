#include "trainer/experiments/step_journal.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"

namespace provnet {

absl::StatusOr<StepJournal> StepJournal::Open(const std::filesystem::path& path,
                                              const StudyIdentity& identity) {
  PROVNET_ASSIGN_OR_RETURN(auto journal, Journal<Figures>::Open(path, identity));
  return StepJournal(std::move(journal));
}

absl::StatusOr<Figures> StepJournal::Step(absl::string_view key,
                                          const std::function<absl::StatusOr<Figures>()>& compute) {
  if (absl::optional<Figures> recorded = journal_->Find(key)) return *std::move(recorded);
  PROVNET_ASSIGN_OR_RETURN(Figures figures, compute());
  for (const auto& [name, value] : figures) {
    if (std::isfinite(value)) continue;
    return absl::InternalError(
        absl::StrCat("step \"", key, "\" measured ", name, " as ", value, ", which is no number"));
  }
  PROVNET_RETURN_IF_ERROR(journal_->Append(key, figures));
  return figures;
}

}  // namespace provnet
