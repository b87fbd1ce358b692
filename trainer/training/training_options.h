#ifndef PROVNET_TRAINER_TRAINING_TRAINING_OPTIONS_H_
#define PROVNET_TRAINER_TRAINING_TRAINING_OPTIONS_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "provnet/v1/bundle.pb.h"
#include "trainer/data/augment.h"
#include "trainer/network/backbone.h"

namespace provnet {

// How a network is fitted. Equal options on equal data give equal networks, with the same number of
// threads on one kind of processor.
struct TrainingOptions {
  v1::HeadType head = v1::HEAD_TYPE_CLASS_CONDITIONAL;
  BackboneSize size = BackboneSize::kSmall;
  // Heads with two branches: what they share.
  Sharing sharing = Sharing::kEverything;
  // Drives initial values, order of samples, dropout and augmentation.
  uint64_t seed = 1;
  // Passes over the training samples, 1 .. 10000. An epoch of 18,000 digits takes about 30 CPU
  // seconds.
  uint32_t epochs = 8;
  // Samples a step, 2 .. 65536; each enters as it is and as one augmented view.
  uint32_t batch_size = 128;
  // AdamW: the highest step size of the one-cycle schedule, and the decay of weights.
  double learning_rate = 2e-3;
  double weight_decay = 1e-2;
  double beta1 = 0.9;
  double beta2 = 0.99;
  // Weights of the two losses; not negative, and not both zero. Single-branch: there is no class
  // loss, and lambda_class is 0.
  double lambda_class = 1;
  double lambda_index = 1;
  // Heads with one logit a candidate: share of the index target spread over the candidates, in [0,
  // 1).
  double label_smoothing = 0.05;
  // Heads with two branches: share of the features that the class branch loses at random in each
  // step, in [0, 0.9].
  double dropout = 0.3;
  // Single-branch: probability that a step's target is, in place of the sample itself, another
  // sample of its class, drawn anew in each epoch; in [0, 1]. 0 memorises samples, 1 learns
  // classes.
  double alpha = 0;
  // Factor on the index loss's gradient where it enters the backbone, in [0, 1]. High values favour
  // provenance, low ones the class.
  double index_gradient_scale = 0.1;
  // Embedding heads: length of the vectors, and temperature of the contrastive loss, in (0, 10].
  uint32_t embedding_dim = 128;
  double temperature = 0.1;
  // The random views. Embedding heads compare them with their samples; other heads see them in the
  // class loss only, and without any distortion there are no views for them.
  AugmentOptions augment;
};

// The defaults that suit `head`.
TrainingOptions DefaultTrainingOptions(v1::HeadType head);

// Changes the defaults of options.head to what suits photographs in place of digits: views that are
// moved, zoomed and mirrored (PhotographViews), and 2.5 times as many epochs.
void SuitPhotographs(TrainingOptions& options);

// Changes the defaults of heads with one output a sample to what suits 10,000 samples and more:
// steps of 512 samples, 5 epochs. Each step reads and writes the whole head, so large steps are
// cheap; on 18,000 digits half the time gave better retrieval and accuracy than steps of 128
// (docs/results.md). Other heads stay as they are.
void SuitManySamples(TrainingOptions& options);

// INVALID_ARGUMENT names the option as the command line spells it, its value and its range.
absl::Status ValidateTrainingOptions(const TrainingOptions& options);

// Every option that shapes the result, by its command-line name, for comparing two runs.
std::map<std::string, std::string> DescribeTrainingOptions(const TrainingOptions& options);

}  // namespace provnet

#endif  // PROVNET_TRAINER_TRAINING_TRAINING_OPTIONS_H_
