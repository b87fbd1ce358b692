#ifndef PROVNET_TRAINER_FAITHFULNESS_INDEX_HEAD_LOGITS_H_
#define PROVNET_TRAINER_FAITHFULNESS_INDEX_HEAD_LOGITS_H_

#include <torch/types.h>

#include <cstdint>
#include <string>

#include "trainer/data/dataset.h"
#include "trainer/faithfulness/score_terms.h"
#include "trainer/network/provenance_network.h"

namespace provnet {

// What a head's index logits are called among the methods: "head-class-conditional", say.
std::string IndexHeadMethod(v1::HeadType head);

// A trained head's score of every one of the `samples` that it was fitted to, for queries' features
// [Q, D], as an inner product. Class-conditional: the logit of the sample's position, given the
// sample's own class. Embedding: the cosine with the sample's vector. `network` in evaluation mode.
Factor IndexHeadLogits(ProvenanceNetwork& network, const Dataset& samples,
                       const at::Tensor& query_features);

// Of the first `count` samples, the share whose own row scores highest among its class.
double OwnSampleFirst(ProvenanceNetwork& network, const Dataset& samples, uint64_t count);

}  // namespace provnet

#endif  // PROVNET_TRAINER_FAITHFULNESS_INDEX_HEAD_LOGITS_H_
