#include "trainer/faithfulness/study_settings.h"

#include "absl/strings/str_cat.h"

namespace provnet {

StudySettings QuickStudy() {
  StudySettings quick;
  quick.samples = 300;
  quick.queries = 30;
  quick.epochs = 4;
  quick.head_epochs = 4;
  quick.ensemble = 2;
  quick.subsets = 12;
  quick.fits = 2;
  quick.resamples = 50;
  quick.removal_pool = 100;
  quick.removal_queries = 3;
  quick.removal_sizes = {10, 25};
  quick.removal_fits = 2;
  quick.control_groups = 2;
  return quick;
}

std::map<std::string, std::string> DescribeFits(const StudySettings& settings) {
  return {{"samples", absl::StrCat(settings.samples)},
          {"queries", absl::StrCat(settings.queries)},
          {"epochs", absl::StrCat(settings.epochs)},
          {"removal-pool", absl::StrCat(settings.removal_pool)}};
}

}  // namespace provnet
