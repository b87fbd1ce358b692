#ifndef PROVNET_SERVER_ATTRIBUTION_INDEX_HEAD_H_
#define PROVNET_SERVER_ATTRIBUTION_INDEX_HEAD_H_

#include <torch/script.h>

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "server/attribution/candidate_layout.h"

namespace provnet {

struct RankedSample {
  uint64_t sample_index = 0;
  // Softmax probability over the row's candidates; NaN when the head's output was not finite.
  float score = 0;
};

// Names the training samples that support a prediction: top-k over the columns of a matrix of
// logits. Thread-safe.
class IndexHead {
 public:
  virtual ~IndexHead() = default;

  // `features` float32 [B,D] and `class_ids` int64 [B] (the predicted classes) are on the head's
  // device; top_k has B entries, each at least 1. Entry b of the result holds min(top_k[b],
  // candidates of the class) samples, best first, equal logits in ascending sample index (on CUDA
  // in any order).
  absl::StatusOr<std::vector<std::vector<RankedSample>>> Rank(
      const at::Tensor& features, const at::Tensor& class_ids,
      absl::Span<const uint32_t> top_k) const;

 protected:
  explicit IndexHead(CandidateLayout layout) : layout_(std::move(layout)) {}

  // float32 [B, at least max_candidates()], which the caller may overwrite.
  virtual absl::StatusOr<at::Tensor> Logits(const at::Tensor& features,
                                            const at::Tensor& class_ids) const = 0;

 private:
  const CandidateLayout layout_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_ATTRIBUTION_INDEX_HEAD_H_
