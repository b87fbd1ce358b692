#ifndef PROVNET_SERVER_ENGINE_SERVABLE_H_
#define PROVNET_SERVER_ENGINE_SERVABLE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "provnet/v1/bundle.pb.h"
#include "provnet/v1/sample.pb.h"
#include "server/membership/index_statistics.h"
#include "server/membership/membership_reference.h"
#include "storage/repository.h"
#include "storage/sample_store.h"
#include "storage/sha256.h"

namespace provnet {

// Where and how precisely a servable computes.
struct EngineOptions {
  // "cpu", "cuda" (the first device), "cuda:<n>", or "auto": CUDA when LibTorch has it and a device
  // is there.
  std::string device = "auto";
  // Precision of the index head's matrix product: "fp32", "bf16", "int8" (on the CPU, exact search
  // only), or "auto": bf16 on a CPU that has instructions for it, unless the manifest says that it
  // names less than 99.9 % of fp32's ten best samples; else fp32. Sums are fp32, in int8
  // exact. On the CPU the best samples of a bf16 or int8 search are ranked by exact logits;
  // elsewhere scores are good to about 2e-2 relative.
  std::string index_precision = "auto";
  // How embedding heads are searched: "exact", "approximate" (FAILED_PRECONDITION for bundles
  // without cells, and on CUDA), or "auto": approximate where the bundle has cells and the device
  // is the CPU. Other heads are searched exactly in "auto".
  std::string index_search = "auto";
  // Threads that one call of Explain may use inside LibTorch and the index search; at least 1.
  int intra_op_threads = 1;
};

// What is asked in place of an explanation: is the input a training sample?
struct MembershipQuestion {
  // The class whose samples the input is compared with, below class_count; the predicted one when
  // unset. Heads that do not look at the class make no difference.
  std::optional<uint32_t> label = {};
  // Of the input's bytes in the forms in which the store may hold them.
  std::vector<Sha256Digest> digests = {};
};

// The evidence; what it is worth is the membership reference's to say.
struct MembershipEvidence {
  // How sure the index head is, over the candidates of the class in question, in float32.
  IndexStatistics statistics;
  // Samples whose content has one of the digests, ascending.
  std::vector<uint64_t> exact_match;
};

// One validated input of a batch.
struct ExplainQuery {
  // The network's input, [channels, height, width] flattened, pixels / 255, finite. Exactly
  // Servable::input_size() long.
  std::vector<float> input = {};
  // 1 .. sample_count.
  uint32_t top_k = 5;
  // Also read the exemplars' records.
  bool with_samples = false;
  // Where set, this is asked and nothing else: top_k is 1 whatever it says, and the provenance is
  // the nearest sample in the class in question.
  std::optional<MembershipQuestion> membership = {};
};

// A training sample that supports (or, with a negative score in later heads, opposes) a prediction.
struct ScoredSample {
  uint64_t sample_index = 0;
  // Softmax probability under the index head.
  float score = 0;
  uint32_t label = 0;
};

struct Explanation {
  uint32_t class_id = 0;
  // Softmax of the class head, one entry a class; sums to 1.
  std::vector<float> class_probabilities;
  // Best first; ties in ascending sample index. min(top_k, candidates) entries.
  std::vector<ScoredSample> provenance;
  // Set exactly when the query asked for it.
  std::optional<MembershipEvidence> membership;
  // Share of `provenance` whose label is class_id.
  float label_agreement = 0;
  // Parallel to `provenance` when the query asked for samples, else empty.
  std::vector<absl::StatusOr<v1::SampleRecord>> samples;
};

// One loaded and verified bundle: network, index head, samples. Immutable; keeps its files open.
// Thread-safe.
class Servable {
 public:
  // Verifies every checksum of the bundle, loads it, checks the model against its manifest with one
  // probe input, and its answers against the golden ones that it brings. NOT_FOUND, DATA_LOSS,
  // FAILED_PRECONDITION with the file or property that is wrong; INVALID_ARGUMENT for options.
  static absl::StatusOr<std::shared_ptr<const Servable>> Load(const BundleLocation& location,
                                                              const EngineOptions& options);

  virtual ~Servable() = default;

  virtual const v1::BundleManifest& manifest() const = 0;
  virtual const SampleStore& samples() const = 0;
  // "cpu" or "cuda:<n>", and "fp32", "bf16" or "int8": what the options resolved to.
  virtual const std::string& device() const = 0;
  virtual const std::string& index_precision() const = 0;
  // "exact" or "approximate".
  virtual const std::string& index_search() const {
    static const std::string exact = "exact";
    return exact;
  }

  // Whether features() runs optimised for inference; else why not, and it runs as it was exported:
  // as right, but slower.
  virtual const absl::Status& optimised_features() const {
    static const absl::Status optimised;
    return optimised;
  }

  // With what membership evidence is compared; null when the bundle was trained without. Constant.
  virtual const MembershipReference* membership_reference() const { return nullptr; }

  // As StoreSnapshotId of the manifest, computed once.
  virtual const std::string& store_snapshot_id() const {
    static const std::string none;
    return none;
  }

  // Whether the bundle brought answers that were held against its model's. Bundles from before that
  // have none.
  virtual bool has_golden_answers() const { return false; }

  // Class names by class id; N; channels * height * width.
  size_t class_count() const { return static_cast<size_t>(manifest().class_names_size()); }
  uint64_t sample_count() const { return manifest().sample_count(); }
  size_t input_size() const {
    const v1::InputSpec& input = manifest().input();
    return size_t{input.channels()} * input.height() * input.width();
  }

  // One forward pass, one index search of each kind and at most one read of samples for the whole
  // batch (at least one query). Entry i answers queries[i]; batch mates do not influence each
  // other's answers beyond floating-point rounding. A query whose network output is not finite gets
  // INTERNAL alone, and one about the membership of a class without samples FAILED_PRECONDITION; so
  // does any about membership where the index is held in bf16 or int8 alone, which it is in bundles
  // without a membership reference. The outer status is for faults of the whole batch.
  virtual absl::StatusOr<std::vector<absl::StatusOr<Explanation>>> Explain(
      absl::Span<const ExplainQuery* const> queries) const = 0;
};

// Keeps one loaded version alive while a request uses it. Hold it no longer than that: a replaced
// version's memory is freed when its last handle goes.
using ModelHandle = std::shared_ptr<const Servable>;

}  // namespace provnet

#endif  // PROVNET_SERVER_ENGINE_SERVABLE_H_
