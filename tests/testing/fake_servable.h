#ifndef PROVNET_TESTS_TESTING_FAKE_SERVABLE_H_
#define PROVNET_TESTS_TESTING_FAKE_SERVABLE_H_

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/engine/servable.h"
#include "storage/base/mutex.h"

namespace provnet {

// Samples that are computed from their index. Thread-safe.
class FakeSampleStore final : public SampleStore {
 public:
  FakeSampleStore(uint64_t size, size_t content_bytes)
      : size_(size), content_bytes_(content_bytes) {}

  // Reads of `index` fail with DATA_LOSS from now on.
  void Damage(uint64_t index) {
    const MutexLock lock(mutex_);
    damaged_ = index;
  }

  // FindByDigest knows the samples of this content from now on, and no others.
  void SetDuplicates(std::string_view content, std::vector<uint64_t> indices) {
    const MutexLock lock(mutex_);
    by_digest_[Sha256Of(content)] = std::move(indices);
  }

  uint64_t size() const override { return size_; }

 private:
  std::vector<absl::StatusOr<v1::SampleRecord>> Read(
      absl::Span<const uint64_t> sample_indices) const override {
    std::vector<absl::StatusOr<v1::SampleRecord>> records;
    for (const uint64_t index : sample_indices) records.push_back(Get(index));
    return records;
  }

  absl::StatusOr<std::vector<uint64_t>> LookUp(const Sha256Digest& digest) const override {
    const MutexLock lock(mutex_);
    const auto found = by_digest_.find(digest);
    return found == by_digest_.end() ? std::vector<uint64_t>{} : found->second;
  }

  absl::StatusOr<v1::SampleRecord> Get(uint64_t index) const {
    const MutexLock lock(mutex_);
    if (index >= size_) return absl::NotFoundError(absl::StrCat("no sample ", index));
    if (damaged_ == index) return absl::DataLossError("the block failed its checksum");
    v1::SampleRecord record;
    record.set_label(static_cast<uint32_t>(index % 10));
    record.set_source_id(absl::StrCat("fake#", index));
    record.set_content_type("image/png");
    record.set_content(std::string(content_bytes_, static_cast<char>('a' + index % 26)));
    return record;
  }

  const uint64_t size_;
  const size_t content_bytes_;
  mutable Mutex mutex_;
  std::optional<uint64_t> damaged_ ABSL_GUARDED_BY(mutex_);
  std::map<Sha256Digest, std::vector<uint64_t>> by_digest_ ABSL_GUARDED_BY(mutex_);
};

// A servable without a network: the class of an input is ten times its first value, rounded, and
// its exemplars are the samples from that class id on. Its membership statistics are 255 times the
// input's second value, plus 1 where another class is asked about than it predicts. Batches stop at
// a gate while it is closed. Thread-safe.
class FakeServable final : public Servable {
 public:
  struct Options {
    std::string model = "digits";
    uint64_t version = 1;
    uint64_t sample_count = 100;
    size_t content_bytes = 10;
    uint32_t channels = 1;
    uint32_t height = 4;
    uint32_t width = 4;
    // Its membership reference; none where there is no statistic.
    v1::MembershipCalibration calibration = {};
  };

  explicit FakeServable(const Options& options)
      : store_(options.sample_count, options.content_bytes) {
    manifest_.set_model(options.model);
    manifest_.set_version(options.version);
    manifest_.set_sample_count(options.sample_count);
    manifest_.mutable_input()->set_channels(options.channels);
    manifest_.mutable_input()->set_height(options.height);
    manifest_.mutable_input()->set_width(options.width);
    manifest_.mutable_index_head()->set_type(v1::HEAD_TYPE_EMBEDDING);
    for (int i = 0; i < 10; ++i) manifest_.add_class_names(absl::StrCat("class ", i));
    manifest_.mutable_training()->set_dataset("idx:/data/digits");
    manifest_.mutable_training()->set_dataset_fingerprint("fedcba9876543210");
    manifest_.mutable_training()->set_seed(7);
    manifest_.mutable_training()->set_epochs(20);
    manifest_.mutable_training()->set_subset_mask("\x0f");
    manifest_.add_files()->set_path("model.pt");
    if (options.calibration.statistic() != v1::MEMBERSHIP_STATISTIC_UNSPECIFIED)
      reference_ = std::make_unique<const MembershipReference>(options.calibration);
  }

  const v1::BundleManifest& manifest() const override { return manifest_; }
  const SampleStore& samples() const override { return store_; }
  const std::string& device() const override { return device_; }
  const std::string& index_precision() const override { return precision_; }
  const MembershipReference* membership_reference() const override { return reference_.get(); }
  const std::string& store_snapshot_id() const override { return snapshot_; }
  FakeSampleStore& store() { return store_; }

  absl::StatusOr<std::vector<absl::StatusOr<Explanation>>> Explain(
      absl::Span<const ExplainQuery* const> queries) const override {
    Enter(queries.size());
    for (const ExplainQuery* query : queries) {
      if (IsPoison(*query)) return absl::InternalError("an input made the network throw");
    }
    std::vector<absl::StatusOr<Explanation>> results;
    for (const ExplainQuery* query : queries) results.push_back(ExplainOne(*query));
    return results;
  }

  // Every batch that holds an input of one of these classes fails as a whole from now on.
  void Poison(std::vector<uint32_t> class_ids) {
    const MutexLock lock(mutex_);
    poison_ = std::move(class_ids);
  }

  void CloseGate() { SetGate(false); }
  void OpenGate() { SetGate(true); }
  // Blocks until `count` batches have begun in total.
  void AwaitBatches(size_t count) const {
    const MutexLock lock(mutex_);
    while (batch_sizes_.size() < count) changed_.Wait(mutex_);
  }
  std::vector<size_t> batch_sizes() const {
    const MutexLock lock(mutex_);
    return batch_sizes_;
  }

 private:
  void SetGate(bool open) {
    const MutexLock lock(mutex_);
    gate_open_ = open;
    changed_.SignalAll();
  }

  void Enter(size_t batch_size) const {
    const MutexLock lock(mutex_);
    batch_sizes_.push_back(batch_size);
    changed_.SignalAll();
    while (!gate_open_) changed_.Wait(mutex_);
  }

  static uint32_t ClassOf(const ExplainQuery& query) {
    return static_cast<uint32_t>(query.input.at(0) * 10 + 0.5F) % 10;
  }

  bool IsPoison(const ExplainQuery& query) const {
    const MutexLock lock(mutex_);
    return std::count(poison_.begin(), poison_.end(), ClassOf(query)) > 0;
  }

  absl::StatusOr<Explanation> ExplainOne(const ExplainQuery& query) const {
    Explanation explanation;
    explanation.class_id = ClassOf(query);
    explanation.class_probabilities.assign(10, 0.05F);
    explanation.class_probabilities[explanation.class_id] = 0.55F;
    std::vector<uint64_t> indices;
    uint32_t first = explanation.class_id;
    if (query.membership.has_value()) {
      explanation.membership = Evidence(query, explanation.class_id);
      first = query.membership->label.value_or(first);
    }
    for (uint32_t i = 0; i < (query.membership.has_value() ? 1 : query.top_k); ++i) {
      const uint64_t index = (first + i) % store_.size();
      explanation.provenance.push_back(
          {index, 1.0F / static_cast<float>(i + 2), static_cast<uint32_t>(index % 10)});
      indices.push_back(index);
    }
    explanation.label_agreement = 1.0F / static_cast<float>(query.top_k);
    if (query.with_samples) explanation.samples = store_.MultiGet(indices);
    return explanation;
  }

  MembershipEvidence Evidence(const ExplainQuery& query, uint32_t class_id) const {
    const float score = query.input.at(1) * 255 +
                        (query.membership->label.value_or(class_id) == class_id ? 0.0F : 1.0F);
    MembershipEvidence evidence{{score, score, score, score}, {}};
    for (const Sha256Digest& digest : query.membership->digests) {
      const auto found = store_.FindByDigest(digest);
      evidence.exact_match.insert(evidence.exact_match.end(), found->begin(), found->end());
    }
    return evidence;
  }

  v1::BundleManifest manifest_;
  std::unique_ptr<const MembershipReference> reference_;
  FakeSampleStore store_;
  const std::string device_ = "cpu";
  const std::string precision_ = "fp32";
  const std::string snapshot_ = "0123456789abcdef";

  mutable Mutex mutex_;
  mutable CondVar changed_;
  bool gate_open_ ABSL_GUARDED_BY(mutex_) = true;
  mutable std::vector<size_t> batch_sizes_ ABSL_GUARDED_BY(mutex_);
  std::vector<uint32_t> poison_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace provnet

#endif  // PROVNET_TESTS_TESTING_FAKE_SERVABLE_H_
