#include "storage/golden_answers.h"

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

// A few dozen inputs of megabytes each.
constexpr BundleJsonFile kFile = {kGoldenFile, size_t{256} << 20, "golden answers"};

bool IsProbability(float value) { return std::isfinite(value) && value >= 0 && value <= 1; }
bool IsTolerance(float value) { return std::isfinite(value) && value > 0; }

// Messages name the field only; the callers add the file.
absl::Status CheckAnswer(const v1::GoldenAnswer& answer, int number) {
  const std::string field = absl::StrCat("answers[", number, "]");
  if (!IsProbability(answer.class_probability())) {
    return absl::DataLossError(absl::StrCat(field, ".class_probability is ",
                                            answer.class_probability(), ", expected 0 .. 1"));
  }
  if (answer.exemplars().empty())
    return absl::DataLossError(absl::StrCat(field, ".exemplars is empty"));
  for (const v1::GoldenExemplar& exemplar : answer.exemplars()) {
    if (IsProbability(exemplar.score())) continue;
    return absl::DataLossError(
        absl::StrCat(field, ".exemplars has the score ", exemplar.score(), ", expected 0 .. 1"));
  }
  return absl::OkStatus();
}

absl::Status Check(const v1::GoldenAnswers& golden) {
  if (golden.answers().empty()) return absl::DataLossError("answers is empty");
  if (!IsTolerance(golden.tolerance().class_probability()) ||
      !IsTolerance(golden.tolerance().log_score())) {
    return absl::DataLossError("tolerance is not above zero and finite");
  }
  for (int i = 0; i < golden.answers_size(); ++i)
    PROVNET_RETURN_IF_ERROR(CheckAnswer(golden.answers(i), i));
  return absl::OkStatus();
}

}  // namespace

absl::Status WriteGoldenAnswers(const std::filesystem::path& bundle_directory,
                                const v1::GoldenAnswers& golden) {
  return WriteBundleJson(bundle_directory, kFile, golden, Check(golden));
}

absl::StatusOr<v1::GoldenAnswers> ReadGoldenAnswers(const std::filesystem::path& bundle_directory) {
  v1::GoldenAnswers golden;
  PROVNET_RETURN_IF_ERROR(ReadBundleJson(bundle_directory, kFile, golden));
  if (const absl::Status status = Check(golden); !status.ok())
    return WithPrefix(kGoldenFile, status);
  return golden;
}

}  // namespace provnet
