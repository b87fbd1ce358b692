#ifndef PROVNET_SERVER_MEMBERSHIP_MEMBERSHIP_REFERENCE_H_
#define PROVNET_SERVER_MEMBERSHIP_MEMBERSHIP_REFERENCE_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "provnet/v1/membership.pb.h"
#include "server/membership/clopper_pearson.h"

namespace provnet {

// Confidence of the intervals around measured rates.
inline constexpr double kRateConfidence = 0.95;

// What a score says about a record, at the false-positive rate that its caller accepts.
struct MembershipVerdict {
  // In (0, 1].
  double p_value = 1;
  // p_value <= the rate.
  bool member = false;
  // Known members, and how many of them this decision calls members at this rate.
  uint64_t members = 0;
  uint64_t detected = 0;
  // The share detected / members, and where the true one lies with kRateConfidence.
  double true_positive_rate = 0;
  ShareInterval true_positive_interval;
};

// A bundle's scores of known members and non-members, ready to judge others. Immutable,
// thread-safe.
//
// The p-value is conformal (Vovk, Gammerman, Shafer: Algorithmic Learning in a Random World, 2005,
// section 2.2; here with a fixed model, so "split" conformal): the rank of the score among those of
// the n reference records and itself, (1 + #{reference >= score}) / (n + 1). Where the record is
// exchangeable with the reference, it is at most a with probability at most a, whatever the
// distribution of the scores.
class MembershipReference {
 public:
  // `calibration` is a checked one, see ReadMembershipCalibration.
  explicit MembershipReference(v1::MembershipCalibration calibration)
      : calibration_(std::move(calibration)) {}

  const std::string& name() const { return calibration_.reference_name(); }
  const std::string& source() const { return calibration_.reference_source(); }
  v1::MembershipStatistic statistic() const { return calibration_.statistic(); }
  // Non-members; `labelled` as in Judge.
  uint64_t count(bool labelled) const;
  // The smallest p-value that there is: 1 / (count + 1).
  double finest_rate(bool labelled) const;

  // INVALID_ARGUMENT with the value and the bounds unless finest_rate <= rate < 1; NaN included.
  absl::Status CheckRate(double rate, bool labelled) const;

  // `labelled`: the score was measured in the class that the caller named, not in the predicted
  // one. `rate` has passed CheckRate. O(log n).
  MembershipVerdict Judge(float score, bool labelled, double rate) const;

 private:
  const v1::MembershipScores& scores(bool labelled) const {
    return labelled ? calibration_.with_label() : calibration_.without_label();
  }

  const v1::MembershipCalibration calibration_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_MEMBERSHIP_MEMBERSHIP_REFERENCE_H_
