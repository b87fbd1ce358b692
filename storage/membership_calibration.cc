#include "storage/membership_calibration.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "storage/base/status_macros.h"
#include "storage/bundle_layout.h"
#include "storage/file_io.h"

namespace provnet {
namespace {

// 40,000 scores of some 20 bytes, with room for larger reference sets.
constexpr size_t kMaxCalibrationBytes = size_t{64} << 20;

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

absl::Status InFile(absl::StatusCode code, absl::string_view what) {
  return absl::Status(code, absl::StrCat(kCalibrationFile, ": ", what));
}

}  // namespace

absl::Status WriteMembershipCalibration(const std::filesystem::path& bundle_directory,
                                        const v1::MembershipCalibration& calibration) {
  if (const absl::Status status = Check(calibration); !status.ok())
    return InFile(absl::StatusCode::kInvalidArgument, status.message());
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.preserve_proto_field_names = true;
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(calibration, &json, options);
  if (!status.ok())
    return InFile(absl::StatusCode::kInvalidArgument, std::string(status.message()));
  return WriteFileDurably(bundle_directory / kCalibrationFile, json);
}

absl::StatusOr<v1::MembershipCalibration> ReadMembershipCalibration(
    const std::filesystem::path& bundle_directory) {
  PROVNET_ASSIGN_OR_RETURN(const std::string json,
                           ReadFile(bundle_directory / kCalibrationFile, kMaxCalibrationBytes));
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  v1::MembershipCalibration calibration;
  const auto parsed = google::protobuf::util::JsonStringToMessage(json, &calibration, options);
  if (!parsed.ok()) {
    return InFile(absl::StatusCode::kDataLoss, absl::StrCat("no membership calibration in JSON: ",
                                                            std::string(parsed.message())));
  }
  if (const absl::Status status = Check(calibration); !status.ok())
    return InFile(absl::StatusCode::kDataLoss, status.message());
  return calibration;
}

}  // namespace provnet
