#include "trainer/faithfulness/study_data.h"

#include <numeric>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "trainer/data/random.h"
#include "trainer/data/subset.h"

namespace provnet {
namespace {

constexpr uint64_t kSampleStream = 0x5a;
constexpr uint64_t kAskedStream = 0xa5;

absl::Status CheckSize(const char* part, const Dataset& data, uint64_t needed) {
  if (data.size() >= needed) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("the data set has ", data.size(), " ", part,
                                                 " samples; the study needs ", needed,
                                                 ": choose a larger one, or --quick"));
}

}  // namespace

absl::StatusOr<StudyData> DrawStudyData(const DatasetPair& data, const StudySettings& settings,
                                        uint64_t seed) {
  const uint64_t asked = settings.queries + settings.removal_pool;
  PROVNET_RETURN_IF_ERROR(CheckSize("training", data.train, settings.samples));
  PROVNET_RETURN_IF_ERROR(CheckSize("test", data.test, asked));
  const double share =
      static_cast<double>(settings.samples) / static_cast<double>(data.train.size());
  PROVNET_ASSIGN_OR_RETURN(
      const std::vector<uint64_t> chosen,
      StratifiedSubset(data.train.labels, static_cast<uint32_t>(data.train.class_names.size()),
                       share, MixSeed(seed, kSampleStream)));
  std::vector<uint64_t> order(data.test.size());
  std::iota(order.begin(), order.end(), uint64_t{0});
  Rng rng(MixSeed(seed, kAskedStream));
  rng.Shuffle(order);
  order.resize(asked);
  return StudyData{Select(data.train, chosen), Select(data.test, order)};
}

}  // namespace provnet
