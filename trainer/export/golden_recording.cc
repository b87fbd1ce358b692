#include "trainer/export/golden_recording.h"

#include <algorithm>
#include <string>
#include <vector>

#include "server/engine/golden_check.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

constexpr size_t kAnswers = 8;
constexpr uint32_t kTopK = 5;
// Room for bf16, whose logits are off by some hundredths, and for other kernels; a wrong model is
// off by far more.
constexpr float kClassTolerance = 0.02F;
constexpr float kLogScoreTolerance = 0.25F;

}  // namespace

absl::StatusOr<v1::GoldenAnswers> RecordGolden(const Servable& servable, const Dataset& images) {
  const size_t count = std::min(kAnswers, images.size());
  std::vector<std::string> inputs;
  for (size_t i = 0; i < count; ++i) {
    const auto image = images.image(i * images.size() / count);
    inputs.emplace_back(image.begin(), image.end());
  }
  PROVNET_ASSIGN_OR_RETURN(v1::GoldenAnswers golden, RecordGoldenAnswers(servable, inputs, kTopK));
  golden.mutable_tolerance()->set_class_probability(kClassTolerance);
  golden.mutable_tolerance()->set_log_score(kLogScoreTolerance);
  return golden;
}

}  // namespace provnet
