#include "storage/membership_calibration.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "storage/base/status_macros.h"
#include "storage/base/status_prefix.h"
#include "storage/bundle_layout.h"
#include "storage/proto_json.h"

namespace provnet {
namespace {

// 40,000 scores of some 20 bytes, with room for larger reference sets.
constexpr BundleJsonFile kFile = {kCalibrationFile, size_t{64} << 20, "membership calibration"};

using Scores = google::protobuf::RepeatedField<float>;

// Messages name the field only; the callers add the file.
absl::Status CheckScores(const Scores& scores, absl::string_view field) {
  if (scores.empty()) return absl::DataLossError(absl::StrCat(field, " holds no score"));
  const auto wrong =
      std::find_if(scores.begin(), scores.end(), [](float score) { return !std::isfinite(score); });
  if (wrong != scores.end()) {
    return absl::DataLossError(absl::StrCat(field, " holds ", *wrong, ", expected finite scores"));
  }
  if (!std::is_sorted(scores.begin(), scores.end()))
    return absl::DataLossError(absl::StrCat(field, " is not in ascending order"));
  return absl::OkStatus();
}

absl::Status Check(const v1::MembershipCalibration& calibration) {
  if (calibration.reference_name().empty())
    return absl::DataLossError("reference_name is empty, expected the name of the reference set");
  if (calibration.statistic() == v1::MEMBERSHIP_STATISTIC_UNSPECIFIED ||
      !v1::MembershipStatistic_IsValid(calibration.statistic())) {
    return absl::DataLossError(absl::StrCat("statistic is ",
                                            static_cast<int>(calibration.statistic()),
                                            ", expected one that this build knows"));
  }
  if (calibration.index_precision() != "fp32") {
    return absl::DataLossError(absl::StrCat("index_precision is \"", calibration.index_precision(),
                                            "\", expected \"fp32\""));
  }
  PROVNET_RETURN_IF_ERROR(
      CheckScores(calibration.with_label().non_member(), "with_label.non_member"));
  PROVNET_RETURN_IF_ERROR(CheckScores(calibration.with_label().member(), "with_label.member"));
  PROVNET_RETURN_IF_ERROR(
      CheckScores(calibration.without_label().non_member(), "without_label.non_member"));
  return CheckScores(calibration.without_label().member(), "without_label.member");
}

}  // namespace

absl::Status WriteMembershipCalibration(const std::filesystem::path& bundle_directory,
                                        const v1::MembershipCalibration& calibration) {
  return WriteBundleJson(bundle_directory, kFile, calibration, Check(calibration));
}

absl::StatusOr<v1::MembershipCalibration> ReadMembershipCalibration(
    const std::filesystem::path& bundle_directory) {
  v1::MembershipCalibration calibration;
  PROVNET_RETURN_IF_ERROR(ReadBundleJson(bundle_directory, kFile, calibration));
  if (const absl::Status status = Check(calibration); !status.ok())
    return WithPrefix(kCalibrationFile, status);
  return calibration;
}

}  // namespace provnet
