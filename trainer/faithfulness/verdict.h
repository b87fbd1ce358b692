#ifndef PROVNET_TRAINER_FAITHFULNESS_VERDICT_H_
#define PROVNET_TRAINER_FAITHFULNESS_VERDICT_H_

#include <string>

#include "trainer/faithfulness/study_result.h"

namespace provnet {

// Two sentences on which one-pass method should become a head, drawn from the figures alone: the
// best one with its interval and the ceiling, and over which of the methods in `leads` it leads by
// more than the choice of subsets explains (the difference's interval lies above 0).
std::string Verdict(const StudyResult& result);

}  // namespace provnet

#endif  // PROVNET_TRAINER_FAITHFULNESS_VERDICT_H_
