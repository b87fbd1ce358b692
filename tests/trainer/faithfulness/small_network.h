#ifndef PROVNET_TESTS_TRAINER_FAITHFULNESS_SMALL_NETWORK_H_
#define PROVNET_TESTS_TRAINER_FAITHFULNESS_SMALL_NETWORK_H_

#include "tests/trainer/training/small_data.h"
#include "trainer/faithfulness/plain_classifier.h"

namespace provnet {

// A tiny network of one kind of head, fitted to `data` for two epochs, in evaluation mode.
inline ProvenanceNetwork SmallNetwork(const Dataset& data, v1::HeadType head) {
  TrainingOptions options = DefaultTrainingOptions(head);
  options.size = BackboneSize::kTiny;
  options.epochs = 2;
  options.batch_size = 8;
  options.dropout = 0;
  return FitQuietly(data, options, [] { return false; }).value();
}

// One that has never heard of index heads.
inline ProvenanceNetwork SmallPlainNetwork(const Dataset& data) {
  TrainingOptions options = PlainOptions(2, 1);
  options.batch_size = 8;
  return FitQuietly(data, options, [] { return false; }).value();
}

}  // namespace provnet

#endif  // PROVNET_TESTS_TRAINER_FAITHFULNESS_SMALL_NETWORK_H_
