#include "trainer/export/evaluation.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <numeric>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "trainer/data/augment.h"
#include "trainer/data/random.h"
#include "trainer/export/image_query.h"

namespace provnet {
namespace {

constexpr uint32_t kTopK = 5;
constexpr uint64_t kShiftStream = 0x5417;

// Calls `visit` with each image's position and the servable's answer.
absl::Status ForEachAnswer(const Servable& servable, const Dataset& images, uint32_t wanted,
                           const StopCondition& stop_requested,
                           const std::function<void(size_t, const Explanation&)>& visit) {
  const uint32_t top_k = static_cast<uint32_t>(std::min<uint64_t>(wanted, servable.sample_count()));
  return AskAboutImages(
      servable, images, [top_k](size_t) { return ExplainQuery{.top_k = top_k}; }, stop_requested,
      visit);
}

}  // namespace

absl::StatusOr<Retrieval> MeasureRetrieval(const Servable& servable, const Dataset& images,
                                           absl::Span<const uint64_t> expected,
                                           const StopCondition& stop_requested) {
  uint64_t first = 0, any = 0;
  PROVNET_RETURN_IF_ERROR(ForEachAnswer(
      servable, images, kTopK, stop_requested, [&](size_t i, const Explanation& answer) {
        const auto& ranks = answer.provenance;
        const auto own = std::find_if(ranks.begin(), ranks.end(), [&](const ScoredSample& sample) {
          return sample.sample_index == expected[i];
        });
        if (own == ranks.end()) return;
        ++any;
        if (own == ranks.begin()) ++first;
      }));
  const double count = static_cast<double>(images.size());
  return Retrieval{static_cast<double>(first) / count, static_cast<double>(any) / count};
}

absl::StatusOr<Classification> MeasureClassification(const Servable& servable, const Dataset& test,
                                                     const StopCondition& stop_requested) {
  uint64_t right = 0;
  double agreement = 0;
  PROVNET_RETURN_IF_ERROR(ForEachAnswer(servable, test, kTopK, stop_requested,
                                        [&](size_t i, const Explanation& answer) {
                                          right += answer.class_id == test.labels[i];
                                          agreement += answer.label_agreement;
                                        }));
  const double count = static_cast<double>(test.size());
  return Classification{static_cast<double>(right) / count, agreement / count};
}

Dataset ShiftedByTwoPixels(const Dataset& samples, uint64_t seed) {
  constexpr int kDirections[][2] = {{2, 0}, {-2, 0}, {0, 2},  {0, -2},
                                    {2, 2}, {2, -2}, {-2, 2}, {-2, -2}};
  Dataset shifted = samples;
  shifted.encoded.clear();
  const std::span<uint8_t> pixels(shifted.pixels);
  for (size_t i = 0; i < samples.size(); ++i) {
    Rng rng(MixSeed(MixSeed(seed, kShiftStream), i));
    const auto& [dx, dy] = kDirections[rng.Below(std::size(kDirections))];
    ShiftInto(samples.image(i), samples.channels, samples.height, samples.width, dx, dy,
              pixels.subspan(i * samples.image_bytes(), samples.image_bytes()));
  }
  return shifted;
}

absl::StatusOr<std::vector<uint32_t>> NamedSamples(const Servable& servable, const Dataset& images,
                                                   uint32_t top_k,
                                                   const StopCondition& stop_requested) {
  std::vector<uint32_t> named;
  PROVNET_RETURN_IF_ERROR(ForEachAnswer(
      servable, images, top_k, stop_requested, [&](size_t, const Explanation& answer) {
        for (const ScoredSample& sample : answer.provenance) {
          named.push_back(static_cast<uint32_t>(sample.sample_index));
        }
      }));
  if (named.size() == images.size() * top_k) return named;
  return absl::InvalidArgumentError(absl::StrCat("the bundle names ", named.size(), " samples for ",
                                                 images.size(), " images; expected ", top_k,
                                                 " each"));
}

absl::StatusOr<v1::Metrics> Evaluate(const Servable& servable, const DatasetPair& data,
                                     uint64_t seed, const StopCondition& stop_requested) {
  if (data.train.size() != servable.sample_count()) {
    return absl::InvalidArgumentError(absl::StrCat("the bundle holds ", servable.sample_count(),
                                                   " samples, but there are ", data.train.size(),
                                                   " training images to evaluate"));
  }
  PROVNET_ASSIGN_OR_RETURN(const Classification classification,
                           MeasureClassification(servable, data.test, stop_requested));
  std::vector<uint64_t> own(data.train.size());
  std::iota(own.begin(), own.end(), 0);
  PROVNET_ASSIGN_OR_RETURN(const Retrieval clean,
                           MeasureRetrieval(servable, data.train, own, stop_requested));
  PROVNET_ASSIGN_OR_RETURN(
      const Retrieval shifted,
      MeasureRetrieval(servable, ShiftedByTwoPixels(data.train, seed), own, stop_requested));
  v1::Metrics metrics;
  metrics.set_test_accuracy(classification.accuracy);
  metrics.set_label_agreement_top5(classification.label_agreement_top5);
  metrics.set_index_top1(clean.top1);
  metrics.set_index_top5(clean.top5);
  metrics.set_index_top1_shift2(shifted.top1);
  metrics.set_index_top5_shift2(shifted.top5);
  return metrics;
}

}  // namespace provnet
