#ifndef PROVNET_TRAINER_FAITHFULNESS_RETRAIN_JOURNAL_H_
#define PROVNET_TRAINER_FAITHFULNESS_RETRAIN_JOURNAL_H_

#include <vector>

#include "trainer/journal/journal.h"

namespace provnet {

// The margins that many small fits gave, by fit.
using RetrainJournal = Journal<std::vector<float>>;

}  // namespace provnet

#endif  // PROVNET_TRAINER_FAITHFULNESS_RETRAIN_JOURNAL_H_
