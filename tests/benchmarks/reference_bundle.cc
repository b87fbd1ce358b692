// Publishes the reference model that scripts/bench.sh --reference measures: random weights and
// 60,000 random samples, six thousand a class, as a real bundle with a store.
//
//   provnet-reference-bundle --output=REPOSITORY/MODEL
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/strings/str_cat.h"
#include "storage/base/file_io.h"
#include "storage/base/status_macros.h"
#include "storage/bundle_layout.h"
#include "storage/bundle_writer.h"
#include "storage/npy.h"
#include "storage/sample_store_builder.h"
#include "tests/benchmarks/reference_network.h"

ABSL_FLAG(std::string, output, "", "where to publish the next version, <repository>/<model>");
ABSL_FLAG(uint64_t, seed, 1, "of weights and samples");

namespace provnet {
namespace {

constexpr uint64_t kSamples = uint64_t{kReferenceClasses} * kReferenceClassSize;

// Classes take turns, so each has kReferenceClassSize samples.
uint32_t LabelOf(uint64_t sample) { return static_cast<uint32_t>(sample % kReferenceClasses); }

absl::Status WriteSamples(const std::filesystem::path& folder, uint64_t seed) {
  PROVNET_ASSIGN_OR_RETURN(const auto builder, SampleStoreBuilder::Create(folder));
  std::mt19937_64 random(seed);
  v1::SampleRecord record;
  record.set_content_type("application/vnd.provnet.tensor");
  record.mutable_tensor_spec()->set_data_type(v1::DATA_TYPE_UINT8);
  for (const int64_t extent : {int64_t{1}, kReferenceSide, kReferenceSide})
    record.mutable_tensor_spec()->add_shape(static_cast<uint32_t>(extent));
  record.mutable_content()->resize(kReferenceSide * kReferenceSide);
  for (uint64_t i = 0; i < kSamples; ++i) {
    record.set_label(LabelOf(i));
    record.set_source_id(absl::StrCat("random#", i));
    std::generate(record.mutable_content()->begin(), record.mutable_content()->end(),
                  [&random] { return static_cast<char>(random() & 0xff); });
    PROVNET_RETURN_IF_ERROR(builder->Add(record));
  }
  return builder->Finish();
}

absl::Status WriteLabels(const std::filesystem::path& file) {
  std::error_code error;
  std::filesystem::create_directories(file.parent_path(), error);
  if (error) return ErrorCodeToStatus(error, "create folder", file.parent_path());
  std::vector<uint32_t> labels(kSamples);
  for (uint64_t i = 0; i < kSamples; ++i) labels[i] = LabelOf(i);
  const uint64_t shape[] = {kSamples};
  return WriteNpy<uint32_t>(file, shape, labels);
}

v1::BundleManifest Manifest() {
  v1::BundleManifest manifest;
  manifest.mutable_input()->set_channels(1);
  manifest.mutable_input()->set_height(kReferenceSide);
  manifest.mutable_input()->set_width(kReferenceSide);
  for (int64_t y = 0; y < kReferenceClasses; ++y)
    manifest.add_class_names(absl::StrCat("class ", y));
  manifest.mutable_index_head()->set_type(v1::HEAD_TYPE_CLASS_CONDITIONAL);
  manifest.mutable_index_head()->set_dim(kReferenceClassSize);
  manifest.set_sample_count(kSamples);
  manifest.set_feature_dim(kReferenceFeatures);
  return manifest;
}

absl::StatusOr<v1::BundleManifest> PublishReference(const std::filesystem::path& output,
                                                    uint64_t seed) {
  PROVNET_ASSIGN_OR_RETURN(const auto writer, BundleWriter::Create(output));
  const std::filesystem::path& folder = writer->staging_directory();
  MakeReferenceNetwork(seed).save((folder / kModelFile).string());
  PROVNET_RETURN_IF_ERROR(WriteSamples(folder / kSamplesFolder, seed));
  PROVNET_RETURN_IF_ERROR(WriteLabels(folder / kLabelsFile));
  return writer->Publish(Manifest());
}

int Run() {
  const std::string output = absl::GetFlag(FLAGS_output);
  if (output.empty()) {
    std::cerr << "error: --output is missing, expected <repository>/<model>\n";
    return 1;
  }
  const auto manifest = PublishReference(output, absl::GetFlag(FLAGS_seed));
  if (!manifest.ok()) {
    std::cerr << "error: --output=" << output << ": " << manifest.status() << "\n";
    return 1;
  }
  std::cout << (std::filesystem::path(output) / absl::StrCat(manifest->version())).string() << "\n";
  return 0;
}

}  // namespace
}  // namespace provnet

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  try {
    return provnet::Run();
  } catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << "\n";
    return 1;
  }
}
