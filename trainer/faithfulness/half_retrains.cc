#include "trainer/faithfulness/half_retrains.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "trainer/data/random.h"
#include "trainer/faithfulness/half_subsets.h"

namespace provnet {
namespace {

constexpr uint64_t kSubsetStream = 0x4a1f;
constexpr uint64_t kFitStream = 0xf17;

}  // namespace

absl::StatusOr<Retrains> RetrainOnHalves(const RetrainContext& context, const Dataset& queries,
                                         const StudySettings& settings, uint64_t seed) {
  Retrains retrains;
  retrains.subsets =
      RandomHalves(context.samples.size(), settings.subsets, MixSeed(seed, kSubsetStream));
  std::vector<RetrainJob> jobs;
  for (uint32_t fit = 0; fit < settings.fits; ++fit) {
    for (uint32_t s = 0; s < settings.subsets; ++s) {
      jobs.push_back({.key = absl::StrCat("half ", s, " fit ", fit),
                      .samples = retrains.subsets[s],
                      .seed = MixSeed(MixSeed(MixSeed(seed, kFitStream), s), fit),
                      .read = [&queries](ProvenanceNetwork& network) {
                        return TrueClassMargins(OutputsFor(network, queries).logits,
                                                queries.labels);
                      }});
    }
  }
  PROVNET_ASSIGN_OR_RETURN(const auto margins, Retrain(context, "fits to halves", jobs));
  for (uint32_t fit = 0; fit < settings.fits; ++fit) {
    FloatMatrix& of_fit = retrains.margins.emplace_back(settings.subsets, queries.size());
    for (uint32_t s = 0; s < settings.subsets; ++s) {
      const std::vector<float>& row = margins[size_t{fit} * settings.subsets + s];
      std::copy(row.begin(), row.end(), of_fit.row(s).begin());
    }
  }
  return retrains;
}

}  // namespace provnet
