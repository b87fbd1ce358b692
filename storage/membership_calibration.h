#ifndef PROVNET_STORAGE_MEMBERSHIP_CALIBRATION_H_
#define PROVNET_STORAGE_MEMBERSHIP_CALIBRATION_H_

#include <filesystem>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "provnet/v1/membership.pb.h"

namespace provnet {

// Writes and syncs calibration.json in `bundle_directory`: indented proto JSON with the proto's own
// field names. INVALID_ARGUMENT for a calibration that ReadMembershipCalibration would refuse.
absl::Status WriteMembershipCalibration(const std::filesystem::path& bundle_directory,
                                        const v1::MembershipCalibration& calibration);

// Reads it. NOT_FOUND when the bundle has none. DATA_LOSS naming the file and what is wrong: no
// such message in JSON, no name, no statistic, a precision other than "fp32", scores that are
// missing, not finite or not ascending. Fields and statistics that this build does not know: the
// former are passed over, the latter refused.
absl::StatusOr<v1::MembershipCalibration> ReadMembershipCalibration(
    const std::filesystem::path& bundle_directory);

}  // namespace provnet

#endif  // PROVNET_STORAGE_MEMBERSHIP_CALIBRATION_H_
