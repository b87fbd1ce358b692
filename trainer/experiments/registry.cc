#include "trainer/experiments/registry.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "trainer/experiments/alpha_experiment.h"
#include "trainer/experiments/faithfulness_experiment.h"
#include "trainer/experiments/heads_experiment.h"
#include "trainer/experiments/images_experiment.h"
#include "trainer/experiments/label_errors_experiment.h"
#include "trainer/experiments/membership_experiment.h"
#include "trainer/experiments/robustness_experiment.h"
#include "trainer/experiments/sharing_experiment.h"
#include "trainer/experiments/subsets_experiment.h"

namespace provnet {

std::vector<const Experiment*> Experiments() {
  return {
      &AlphaExperiment(),      &FaithfulnessExperiment(), &HeadsExperiment(),
      &ImagesExperiment(),     &LabelErrorsExperiment(),  &MembershipExperiment(),
      &RobustnessExperiment(), &SharingExperiment(),      &SubsetsExperiment(),
  };
}

const Experiment* FindExperiment(absl::string_view name) {
  for (const Experiment* experiment : Experiments()) {
    if (experiment->name == name) return experiment;
  }
  return nullptr;
}

std::string ExperimentNames() {
  return absl::StrJoin(Experiments(), ", ", [](std::string* out, const Experiment* experiment) {
    absl::StrAppend(out, experiment->name);
  });
}

}  // namespace provnet
