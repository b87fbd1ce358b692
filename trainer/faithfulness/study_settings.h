#ifndef PROVNET_TRAINER_FAITHFULNESS_STUDY_SETTINGS_H_
#define PROVNET_TRAINER_FAITHFULNESS_STUDY_SETTINGS_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace provnet {

// How large a faithfulness study is. The defaults are the full one.
struct StudySettings {
  // N training samples, each class in its proportion, and Q test samples that are asked about.
  uint64_t samples = 5000;
  uint64_t queries = 200;
  // Passes over the samples of a plain fit, and of one with an index head, which learns slower.
  uint32_t epochs = 5;
  uint32_t head_epochs = 30;
  // Plain networks fitted to all samples: what ensembles average over.
  uint32_t ensemble = 10;

  // Linear datamodeling score: random halves, and fits on each of them.
  uint32_t subsets = 60;
  uint32_t fits = 5;
  uint32_t resamples = 300;

  // Counterfactual removal: the queries, drawn from the first `removal_pool` test samples beyond
  // the Q above, how many of the highest-scored samples are left out, and the fits without them.
  uint64_t removal_pool = 1000;
  uint32_t removal_queries = 10;
  std::vector<uint64_t> removal_sizes = {20, 40, 80, 120, 180};
  uint32_t removal_fits = 3;
  // Groups of `removal_fits` fits to all samples: how often a query flips with nothing removed.
  uint32_t control_groups = 5;
};

// Shows within a minute that all of it works; its figures mean little.
StudySettings QuickStudy();

// Everything that shapes a single fit's result, by name; for a journal's identity. Numbers of
// queries and fits are left out where a study may grow.
std::map<std::string, std::string> DescribeFits(const StudySettings& settings);

}  // namespace provnet

#endif  // PROVNET_TRAINER_FAITHFULNESS_STUDY_SETTINGS_H_
