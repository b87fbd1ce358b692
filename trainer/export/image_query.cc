#include "trainer/export/image_query.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "storage/base/status_macros.h"

namespace provnet {
namespace {

constexpr size_t kBatchSize = 128;

std::vector<float> NetworkInput(const Dataset& images, size_t i) {
  std::vector<float> input;
  input.reserve(images.image_bytes());
  for (uint8_t pixel : images.image(i)) input.push_back(static_cast<float>(pixel) / 255.0F);
  return input;
}

}  // namespace

absl::Status AskAboutImages(const Servable& servable, const Dataset& images,
                            absl::Span<const uint64_t> positions, const MakeQuery& make_query,
                            const StopCondition& stop_requested,
                            const std::function<void(size_t, const Explanation&)>& visit) {
  for (size_t begin = 0; begin < positions.size(); begin += kBatchSize) {
    if (stop_requested()) return absl::CancelledError("stopped while evaluating");
    const absl::Span<const uint64_t> chunk = positions.subspan(begin, kBatchSize);
    std::vector<ExplainQuery> queries;
    for (const uint64_t i : chunk) {
      queries.push_back(make_query(i));
      queries.back().input = NetworkInput(images, i);
    }
    std::vector<const ExplainQuery*> batch;
    for (const ExplainQuery& query : queries) batch.push_back(&query);
    PROVNET_ASSIGN_OR_RETURN(const auto answers, servable.Explain(batch));
    for (size_t j = 0; j < chunk.size(); ++j) {
      PROVNET_RETURN_IF_ERROR(answers[j].status());
      visit(chunk[j], *answers[j]);
    }
  }
  return absl::OkStatus();
}

absl::Status AskAboutImages(const Servable& servable, const Dataset& images,
                            const MakeQuery& make_query, const StopCondition& stop_requested,
                            const std::function<void(size_t, const Explanation&)>& visit) {
  std::vector<uint64_t> all(images.size());
  std::iota(all.begin(), all.end(), 0);
  return AskAboutImages(servable, images, all, make_query, stop_requested, visit);
}

}  // namespace provnet
