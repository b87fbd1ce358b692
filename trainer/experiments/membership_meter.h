#ifndef PROVNET_TRAINER_EXPERIMENTS_MEMBERSHIP_METER_H_
#define PROVNET_TRAINER_EXPERIMENTS_MEMBERSHIP_METER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/engine/servable.h"
#include "trainer/experiments/step_journal.h"
#include "trainer/training/stop_signal.h"

namespace provnet {

// What tells members from non-members: the statistics of the index head, and what they have to
// beat.
//   negative_entropy, log_max_probability, max_logit, margin   in the record's own class
//   class_confidence   the class head's probability of the record's class
//   pixel_distance     minus the distance to the nearest training image
//   digest             1 where the bytes are those of a training image, else 0
std::vector<std::string> DetectorNames();
// "as trained", "shifted" (by one pixel along an axis), "noisy" (by Gaussian noise of 0.05): in
// what state the members are asked about.
std::vector<std::string> RecordKindNames();

// The name of a figure of MeasureMembershipFigures, e.g. "margin/noisy/tpr_at_fpr_0_001".
std::string DetectorFigure(absl::string_view detector, absl::string_view kind,
                           absl::string_view figure);

// Rates at which decisions are measured, and how they are spelt in names: "0_001", "0_01", "0_05".
struct NominalRate {
  double rate;
  absl::string_view name;
};
inline constexpr NominalRate kNominalRates[] = {{0.001, "0_001"}, {0.01, "0_01"}, {0.05, "0_05"}};

// Measures how well `servable`, which searches in fp32 and has a membership reference, tells the
// samples that it was trained on from the images of the same data set that neither training nor
// calibration saw. The manifest says how to get all of them again.
//
//   DETECTOR/KIND/auc, .../tpr_at_fpr_0_001, .../tpr_at_fpr_0_01    thresholds from those images
//   fpr_at_nominal_RATE, with _lower and _upper: share of those images that is called a member at
//     that rate, and where it lies in 95 % of the cases (NominalRateBand); tpr_at_nominal_RATE
//     likewise of members. Rates that the reference can't resolve are left out.
//   members, non_members, reference: how many there were.
//
// FAILED_PRECONDITION without a reference, or when no image is left over; CANCELLED when asked to
// stop.
absl::StatusOr<Figures> MeasureMembershipFigures(const Servable& servable,
                                                 const StopCondition& stop_requested);

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPERIMENTS_MEMBERSHIP_METER_H_
