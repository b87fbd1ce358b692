#include "trainer/export/precision_checks.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "storage/base/status_macros.h"
#include "trainer/export/image_query.h"

namespace provnet {
namespace {

constexpr uint32_t kTopK = 10;
constexpr uint64_t kMostQueries = 1000;

// The best samples of each image that is asked about.
using Ranks = std::vector<std::set<uint64_t>>;

// Evenly spread, since data sets may be sorted by class.
std::vector<uint64_t> SomePositions(uint64_t size) {
  const uint64_t count = std::min(size, kMostQueries);
  std::vector<uint64_t> positions(count);
  for (uint64_t i = 0; i < count; ++i) positions[i] = i * size / count;
  return positions;
}

absl::StatusOr<Ranks> BestSamples(const Servable& servable, const Dataset& images,
                                  const StopCondition& stop_requested) {
  const auto top_k = static_cast<uint32_t>(std::min<uint64_t>(kTopK, servable.sample_count()));
  Ranks ranks;
  PROVNET_RETURN_IF_ERROR(AskAboutImages(
      servable, images, SomePositions(images.size()),
      [top_k](size_t) { return ExplainQuery{.top_k = top_k}; }, stop_requested,
      [&ranks](size_t, const Explanation& answer) {
        std::set<uint64_t>& best = ranks.emplace_back();
        for (const ScoredSample& sample : answer.provenance) best.insert(sample.sample_index);
      }));
  return ranks;
}

double Overlap(const Ranks& expected, const Ranks& got) {
  uint64_t named = 0, common = 0;
  for (size_t i = 0; i < expected.size(); ++i) {
    named += expected[i].size();
    common += static_cast<uint64_t>(
        std::count_if(expected[i].begin(), expected[i].end(),
                      [&](uint64_t sample) { return got[i].contains(sample); }));
  }
  return named == 0 ? 1 : static_cast<double>(common) / static_cast<double>(named);
}

}  // namespace

absl::StatusOr<std::vector<v1::PrecisionCheck>> CheckPrecisions(
    const BundleLocation& location, EngineOptions engine, const Dataset& images,
    const StopCondition& stop_requested) {
  engine.index_search = "exact";
  // One servable at a time: heads are large.
  const auto ranks_in = [&](const std::string& precision) -> absl::StatusOr<Ranks> {
    engine.index_precision = precision;
    PROVNET_ASSIGN_OR_RETURN(const auto servable, Servable::Load(location, engine));
    return BestSamples(*servable, images, stop_requested);
  };
  std::map<std::string, Ranks> measured;
  for (const char* precision : {"bf16", "int8"}) {
    absl::StatusOr<Ranks> got = ranks_in(precision);
    // Not on this machine, or not for this head.
    if (absl::IsFailedPrecondition(got.status())) continue;
    PROVNET_RETURN_IF_ERROR(got.status());
    measured.emplace(precision, *std::move(got));
  }
  std::vector<v1::PrecisionCheck> checks;
  if (measured.empty()) return checks;
  PROVNET_ASSIGN_OR_RETURN(const Ranks expected, ranks_in("fp32"));
  for (const auto& [precision, ranks] : measured) {
    v1::PrecisionCheck& check = checks.emplace_back();
    check.set_index_precision(precision);
    check.set_overlap(Overlap(expected, ranks));
    check.set_top_k(kTopK);
    check.set_queries(static_cast<uint32_t>(expected.size()));
  }
  return checks;
}

}  // namespace provnet
