#include "trainer/audit/bundle_samples.h"

#include <algorithm>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "storage/base/file_io.h"
#include "storage/base/status_macros.h"
#include "storage/bundle_layout.h"
#include "storage/bundle_verifier.h"
#include "storage/manifest.h"
#include "storage/repository.h"
#include "storage/sample_store.h"
#include "trainer/audit/record_pixels.h"

namespace provnet {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kReadBatch = 1024;
constexpr size_t kMaxManifestBytes = size_t{64} << 20;

// The manifest of a bundle of which some other file is damaged; `failure` otherwise.
absl::StatusOr<v1::BundleManifest> ManifestDespite(const absl::Status& failure,
                                                   const fs::path& bundle) {
  if (!absl::IsDataLoss(failure)) return failure;
  const auto json = ReadFile(bundle / kManifestFile, kMaxManifestBytes);
  const auto digest_line = ReadFile(bundle / kManifestDigestFile, 1024);
  if (!json.ok() || !digest_line.ok() || *digest_line != ManifestDigestLine(*json)) return failure;
  return ParseManifest(*json);
}

absl::Status CheckManifest(const v1::BundleManifest& manifest, const fs::path& bundle) {
  const v1::InputSpec& input = manifest.input();
  const bool size_known =
      (input.channels() == 1 || input.channels() == 3) && input.height() > 0 && input.width() > 0;
  if (size_known && manifest.class_names_size() > 0) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("bundle ", bundle.string(), ": input [", input.channels(), ", ", input.height(),
                   ", ", input.width(), "] and ", manifest.class_names_size(),
                   " classes: expected images of 1 or 3 channels, and classes"));
}

class Reading {
 public:
  explicit Reading(BundleSamples& samples) : samples_(samples) {
    const v1::InputSpec& input = samples.manifest.input();
    Dataset& data = samples.data;
    data.channels = input.channels();
    data.height = input.height();
    data.width = input.width();
    data.class_names.assign(samples.manifest.class_names().begin(),
                            samples.manifest.class_names().end());
  }

  void Add(uint64_t index, const absl::StatusOr<v1::SampleRecord>& record) {
    const absl::Status status = Append(index, record);
    if (!status.ok()) samples_.damaged.push_back({index, std::string(status.message())});
  }

 private:
  absl::Status Append(uint64_t index, const absl::StatusOr<v1::SampleRecord>& record) {
    PROVNET_RETURN_IF_ERROR(record.status());
    Dataset& data = samples_.data;
    if (record->label() >= data.class_names.size()) {
      return absl::InvalidArgumentError(
          absl::StrCat("label ", record->label(), ", expected 0 to ", data.class_names.size() - 1));
    }
    PROVNET_ASSIGN_OR_RETURN(const auto pixels, RecordPixels(*record, samples_.manifest.input()));
    data.pixels.insert(data.pixels.end(), pixels.begin(), pixels.end());
    data.labels.push_back(record->label());
    data.source_positions.push_back(index);
    samples_.sample_indices.push_back(index);
    samples_.source_ids.push_back(record->source_id());
    return absl::OkStatus();
  }

  BundleSamples& samples_;
};

}  // namespace

absl::StatusOr<BundleSamples> ReadBundleSamples(const fs::path& bundle,
                                                const StopCondition& stop_requested) {
  BundleSamples samples;
  absl::StatusOr<v1::BundleManifest> manifest = VerifyBundle(bundle);
  if (!manifest.ok()) {
    samples.damage = std::string(manifest.status().message());
    manifest = ManifestDespite(manifest.status(), bundle);
  }
  if (absl::IsNotFound(manifest.status())) {
    return absl::NotFoundError(absl::StrCat(manifest.status().message(), VersionHint(bundle)));
  }
  PROVNET_RETURN_IF_ERROR(manifest.status());
  samples.manifest = *std::move(manifest);
  PROVNET_RETURN_IF_ERROR(CheckManifest(samples.manifest, bundle));
  PROVNET_ASSIGN_OR_RETURN(const Sha256Digest digest, Sha256OfFile(bundle / kManifestFile));
  samples.digest = ToHex(digest);
  PROVNET_ASSIGN_OR_RETURN(const auto store, SampleStore::OpenReadOnly(bundle / kSamplesFolder));
  Reading reading(samples);
  for (uint64_t begin = 0; begin < store->size(); begin += kReadBatch) {
    if (stop_requested()) return absl::CancelledError("stopped while reading the samples");
    std::vector<uint64_t> indices(std::min(kReadBatch, store->size() - begin));
    std::iota(indices.begin(), indices.end(), begin);
    const auto records = store->MultiGet(indices);
    for (size_t i = 0; i < indices.size(); ++i) reading.Add(indices[i], records[i]);
  }
  return samples;
}

}  // namespace provnet
