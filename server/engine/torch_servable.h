#ifndef PROVNET_SERVER_ENGINE_TORCH_SERVABLE_H_
#define PROVNET_SERVER_ENGINE_TORCH_SERVABLE_H_

#include <torch/script.h>

#include <memory>
#include <string>
#include <vector>

#include "server/attribution/index_head.h"
#include "server/engine/servable.h"
#include "server/model/script_model.h"

namespace provnet {

// Servable over LibTorch and our index heads. See Servable for the contract.
class TorchServable final : public Servable {
 public:
  static absl::StatusOr<std::shared_ptr<const Servable>> Load(const BundleLocation& location,
                                                              const EngineOptions& options);

  const v1::BundleManifest& manifest() const override { return manifest_; }
  const SampleStore& samples() const override { return *samples_; }
  const std::string& device() const override { return device_name_; }
  const std::string& index_precision() const override { return precision_name_; }
  const std::string& index_search() const override { return search_name_; }
  const absl::Status& optimised_features() const override { return optimised_features_; }
  const std::string& store_snapshot_id() const override { return store_snapshot_id_; }
  bool has_golden_answers() const override { return has_golden_answers_; }
  const MembershipReference* membership_reference() const override {
    return membership_reference_.get();
  }

  absl::StatusOr<std::vector<absl::StatusOr<Explanation>>> Explain(
      absl::Span<const ExplainQuery* const> queries) const override;

 private:
  // What a loader gathers; everything is set but what says otherwise.
  struct Parts {
    v1::BundleManifest manifest;
    std::unique_ptr<const SampleStore> samples;
    std::vector<uint32_t> labels;
    std::unique_ptr<const ScriptModel> model;
    absl::Status optimised_features;
    std::unique_ptr<const IndexHead> index_head;
    // Null where the bundle has none.
    std::unique_ptr<const MembershipReference> membership_reference;
    // The head in float32, searched exactly: null where index_head is that already, or where
    // nothing needs it.
    std::unique_ptr<const IndexHead> membership_head;
    std::string precision_name;
    std::string search_name;
    bool has_golden_answers = false;
    int intra_op_threads = 1;
  };

  friend class BundleLoader;
  explicit TorchServable(Parts parts);

  // float32 [B,C,H,W] on the model's device, through pinned memory on CUDA.
  at::Tensor StageInputs(absl::Span<const ExplainQuery* const> queries) const;
  // Softmax of the class head, float32 [B,classes] in host memory, the features it came from, and
  // the predicted classes, int64 [B], on the model's device and in host memory.
  struct Classified {
    at::Tensor features;
    at::Tensor probabilities;
    at::Tensor class_ids;
    at::Tensor host_class_ids;

    uint32_t class_of(size_t row) const {
      return static_cast<uint32_t>(host_class_ids.data_ptr<int64_t>()[row]);
    }
  };
  absl::StatusOr<Classified> Classify(absl::Span<const ExplainQuery* const> queries) const;
  // Fill provenance and evidence of those queries that ask for an explanation, or for membership.
  // Entries that fail become errors.
  absl::Status RankSamples(absl::Span<const ExplainQuery* const> queries,
                           const Classified& classified,
                           std::vector<absl::StatusOr<Explanation>>& explanations) const;
  absl::Status MeasureMembership(absl::Span<const ExplainQuery* const> queries,
                                 const Classified& classified,
                                 std::vector<absl::StatusOr<Explanation>>& explanations) const;
  absl::Status AnswerMembership(const MembershipQuestion& question, uint32_t class_id,
                                const MeasuredRow& measured, Explanation& explanation) const;
  // Null where membership can't be answered.
  const IndexHead* membership_head() const;
  // One store read for all exemplars that the batch asks for.
  void AttachSamples(absl::Span<const ExplainQuery* const> queries,
                     std::vector<absl::StatusOr<Explanation>>& explanations) const;

  const v1::BundleManifest manifest_;
  const std::unique_ptr<const SampleStore> samples_;
  // The label of every sample: 4 bytes each.
  const std::vector<uint32_t> labels_;
  const std::unique_ptr<const ScriptModel> model_;
  const absl::Status optimised_features_;
  const std::unique_ptr<const IndexHead> index_head_;
  const std::unique_ptr<const MembershipReference> membership_reference_;
  const std::unique_ptr<const IndexHead> membership_head_;
  const std::string device_name_;
  const std::string precision_name_;
  const std::string search_name_;
  const std::string store_snapshot_id_;
  const bool has_golden_answers_;
  const int intra_op_threads_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_ENGINE_TORCH_SERVABLE_H_
