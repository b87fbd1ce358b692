#ifndef PROVNET_TRAINER_EXPORT_MEMBERSHIP_SCORES_H_
#define PROVNET_TRAINER_EXPORT_MEMBERSHIP_SCORES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "provnet/v1/bundle.pb.h"
#include "provnet/v1/membership.pb.h"
#include "server/engine/servable.h"
#include "trainer/data/dataset.h"
#include "trainer/training/stop_signal.h"

namespace provnet {

// Members of which scores are stored, drawn from the training samples.
inline constexpr uint64_t kMostCalibrationMembers = 10'000;

// The statistic by which bundles with that head are calibrated. See ADR 6 for the measurements.
v1::MembershipStatistic MembershipStatisticFor(v1::HeadType head);

// What the engine says about one record.
struct MeasuredRecord {
  // In the record's own class, and in the predicted one.
  IndexStatistics with_label;
  IndexStatistics without_label;
  // The class head's probability of the record's own class.
  float class_probability = 0;
};

// Measures every image of `records`, whose labels are their own classes, in order. `servable`
// searches in fp32. CANCELLED when asked to stop; the engine's errors pass.
absl::StatusOr<std::vector<MeasuredRecord>> MeasureRecords(const Servable& servable,
                                                           const Dataset& records,
                                                           const StopCondition& stop_requested);

// Where a reference set comes from, for people.
struct ReferenceDescription {
  std::string name;
  std::string source;
};

// The calibration of the bundle that `servable` serves: scores of up to kMostCalibrationMembers
// of `samples`, the bundle's own, drawn from `seed`, and of all of `non_members`. Errors as above.
absl::StatusOr<v1::MembershipCalibration> CalibrateMembership(
    const Servable& servable, const Dataset& samples, const Dataset& non_members,
    const ReferenceDescription& reference, uint64_t seed, const StopCondition& stop_requested);

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPORT_MEMBERSHIP_SCORES_H_
