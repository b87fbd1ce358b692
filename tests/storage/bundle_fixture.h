#ifndef PROVNET_TESTS_STORAGE_BUNDLE_FIXTURE_H_
#define PROVNET_TESTS_STORAGE_BUNDLE_FIXTURE_H_

#include <filesystem>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/base/file_io.h"
#include "storage/base/status_macros.h"
#include "storage/bundle_layout.h"
#include "storage/bundle_writer.h"
#include "storage/npy.h"
#include "tests/storage/sample_fixtures.h"

namespace provnet {

inline v1::BundleManifest MakeManifest() {
  v1::BundleManifest manifest;
  manifest.mutable_input()->set_channels(1);
  manifest.add_class_names("zero");
  manifest.set_sample_count(3);
  manifest.mutable_training()->set_seed(uint64_t{1} << 60);
  return manifest;
}

// A few bytes of everything that a bundle holds, apart from RocksDB's files.
inline absl::Status FillPlainFiles(const std::filesystem::path& staging) {
  PROVNET_RETURN_IF_ERROR(WriteFileDurably(staging / kModelFile, "no TorchScript, but bytes"));
  std::filesystem::create_directory(staging / "index");
  return WriteNpy<uint32_t>(staging / kLabelsFile, {3}, {0, 1, 2});
}

inline absl::StatusOr<v1::BundleManifest> PublishPlainBundle(
    const std::filesystem::path& model_directory) {
  PROVNET_ASSIGN_OR_RETURN(const auto writer, BundleWriter::Create(model_directory));
  PROVNET_RETURN_IF_ERROR(FillPlainFiles(writer->staging_directory()));
  return writer->Publish(MakeManifest());
}

// With a real sample store.
inline absl::StatusOr<v1::BundleManifest> PublishBundle(
    const std::filesystem::path& model_directory) {
  PROVNET_ASSIGN_OR_RETURN(const auto writer, BundleWriter::Create(model_directory));
  PROVNET_RETURN_IF_ERROR(FillPlainFiles(writer->staging_directory()));
  PROVNET_RETURN_IF_ERROR(BuildStore(writer->staging_directory() / kSamplesFolder, MakeSamples(3)));
  return writer->Publish(MakeManifest());
}

}  // namespace provnet

#endif  // PROVNET_TESTS_STORAGE_BUNDLE_FIXTURE_H_
