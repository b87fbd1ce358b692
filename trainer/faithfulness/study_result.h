#ifndef PROVNET_TRAINER_FAITHFULNESS_STUDY_RESULT_H_
#define PROVNET_TRAINER_FAITHFULNESS_STUDY_RESULT_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "trainer/faithfulness/attribution.h"
#include "trainer/faithfulness/datamodel_score.h"
#include "trainer/faithfulness/removal_curve.h"
#include "trainer/faithfulness/study_settings.h"

namespace provnet {

// How faithful one method is by the linear datamodeling score, and what it costs.
struct MethodScore {
  std::string method;
  MethodRole role = MethodRole::kReference;
  AttributionCost cost;
  Interval score;
};

// The best one-pass method's lead over another one.
struct Lead {
  std::string over;
  Interval difference;
};

struct StudyResult {
  StudySettings settings;
  // Of single plain networks on all that is asked.
  double accuracy = 0;
  // By head: share of training samples whose own row comes first within their class.
  std::map<std::string, double> own_sample_first;
  Ceiling ceiling;
  std::vector<MethodScore> methods;
  // The index in `methods` of the best head or one-pass method, and its leads over same-label, the
  // best nearest-neighbour method and last-layer-tracin.
  size_t best = 0;
  std::vector<Lead> leads;
  // Flips with nothing removed, among groups of fits to all samples.
  double control_flip_rate = 0;
  std::vector<RemovalCurve> removals;
};

// The methods that a search by one forward pass could serve: heads and one-pass candidates.
bool IsOnePass(const MethodScore& method);

// Of those that `accept`s, the one with the highest score; methods.size() if there is none.
size_t BestMethod(const std::vector<MethodScore>& methods, bool (*accept)(const MethodScore&));

}  // namespace provnet

#endif  // PROVNET_TRAINER_FAITHFULNESS_STUDY_RESULT_H_
