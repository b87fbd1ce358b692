#ifndef PROVNET_TRAINER_EXPERIMENTS_RESULT_JSON_H_
#define PROVNET_TRAINER_EXPERIMENTS_RESULT_JSON_H_

#include <string>

#include "trainer/experiments/result_record.h"

namespace provnet {

// The record for programs: one JSON object, indented, with a final newline. "metrics" maps names to
// numbers; "tables" and "plots" hold what the page shows, plots as numbers; the rest says where,
// when and how. Text that is not UTF-8 is replaced, not refused.
std::string ResultJson(const ResultRecord& record);

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPERIMENTS_RESULT_JSON_H_
