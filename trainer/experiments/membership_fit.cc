#include "trainer/experiments/membership_fit.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/engine/servable.h"
#include "storage/base/status_macros.h"
#include "trainer/data/reference_set.h"
#include "trainer/experiments/membership_meter.h"

namespace provnet {

void HoldOutReference(uint64_t images, double share, FitOptions& fit) {
  const double trained = static_cast<double>(images) * share;
  const uint64_t others = images - static_cast<uint64_t>(trained);
  const uint64_t reference = others >= 2 * kNonMembersToJudge
                                 ? others - kNonMembersToJudge
                                 : std::max<uint64_t>(others / 3, kLeastHeldOut);
  fit.membership_reference = absl::StrCat(reference);
  // A reference that leaves nothing to train on is refused with the data.
  fit.subset_fraction =
      reference < images ? std::min(1.0, trained / static_cast<double>(images - reference)) : share;
}

BundleMeter MembershipFiguresMeter(const ExperimentContext& context) {
  return [&context](const v1::BundleManifest& manifest,
                    const std::filesystem::path& bundle) -> absl::StatusOr<Figures> {
    context.progress.Note("measuring membership");
    const EngineOptions engine{.index_precision = "fp32",
                               .intra_op_threads = context.options.threads};
    PROVNET_ASSIGN_OR_RETURN(
        const auto servable,
        Servable::Load({manifest.model(), manifest.version(), bundle}, engine));
    return MeasureMembershipFigures(*servable, context.stop_requested);
  };
}

}  // namespace provnet
