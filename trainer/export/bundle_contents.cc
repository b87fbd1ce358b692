#include "trainer/export/bundle_contents.h"

#include <torch/torch.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/model/torch_status.h"
#include "storage/base/file_io.h"
#include "storage/base/status_macros.h"
#include "storage/bundle_layout.h"
#include "storage/image/image.h"
#include "storage/npy.h"
#include "storage/sample_store_builder.h"
#include "trainer/data/dataset_spec.h"
#include "trainer/export/image_vectors.h"

namespace provnet {
namespace {

namespace fs = std::filesystem;

constexpr char kTensorContentType[] = "application/vnd.provnet.tensor";

absl::Status WriteModel(const fs::path& path, ProvenanceNetwork& network) {
  PROVNET_ASSIGN_OR_RETURN(const std::string bytes,
                           TryTorch("serialise the network", [&] { return network.Serialize(); }));
  return WriteFileDurably(path, bytes);
}

// The file that the sample came from, byte for byte; its pixels where it came from none.
v1::SampleRecord MakeRecord(const Dataset& samples, size_t i) {
  v1::SampleRecord record;
  record.set_label(samples.labels[i]);
  record.set_source_id(samples.source_id(i));
  if (const std::string* file = samples.encoded_file(i); file != nullptr) {
    record.set_content_type(std::string(SniffImageType(*file)));
    record.set_content(*file);
    return record;
  }
  record.set_content_type(kTensorContentType);
  const auto image = samples.image(i);
  record.set_content(image.data(), image.size());
  v1::TensorSpec& spec = *record.mutable_tensor_spec();
  spec.set_data_type(v1::DATA_TYPE_UINT8);
  for (uint32_t extent : {samples.channels, samples.height, samples.width}) spec.add_shape(extent);
  return record;
}

absl::Status WriteSamples(const fs::path& directory, const Dataset& samples) {
  PROVNET_ASSIGN_OR_RETURN(auto builder, SampleStoreBuilder::Create(directory));
  for (size_t i = 0; i < samples.size(); ++i) {
    PROVNET_RETURN_IF_ERROR(builder->Add(MakeRecord(samples, i)));
  }
  return builder->Finish();
}

absl::Status WriteVectors(const fs::path& path, ProvenanceNetwork& network,
                          const Dataset& samples) {
  PROVNET_ASSIGN_OR_RETURN(const at::Tensor vectors,
                           ImageVectors(network, samples, samples.size()));
  const uint64_t shape[] = {static_cast<uint64_t>(vectors.size(0)),
                            static_cast<uint64_t>(vectors.size(1))};
  return WriteNpy<float>(path, shape,
                         {vectors.data_ptr<float>(), static_cast<size_t>(vectors.numel())});
}

v1::TrainingConfig DescribeTraining(const FitOptions& options, const Dataset& samples) {
  const TrainingOptions& training = options.training;
  v1::TrainingConfig config = DescribeData(options);
  config.set_dataset_fingerprint(Fingerprint(samples));
  config.set_epochs(training.epochs);
  config.set_batch_size(training.batch_size);
  config.set_learning_rate(training.learning_rate);
  config.set_weight_decay(training.weight_decay);
  config.set_lambda_class(training.lambda_class);
  config.set_lambda_index(training.lambda_index);
  config.set_index_gradient_scale(training.index_gradient_scale);
  if (training.head != v1::HEAD_TYPE_EMBEDDING) {
    config.set_label_smoothing(training.label_smoothing);
  }
  if (training.head != v1::HEAD_TYPE_SINGLE_BRANCH) config.set_dropout(training.dropout);
  config.set_alpha(training.alpha);
  config.set_sharing(std::string(SharingName(training.sharing)));
  config.set_size(std::string(BackboneSizeName(training.size)));
  config.set_augment_flip(training.augment.flip_probability > 0);
  return config;
}

}  // namespace

v1::TrainingConfig DescribeData(const FitOptions& options) {
  v1::TrainingConfig config;
  config.set_dataset(options.dataset);
  config.set_subset_fraction(options.subset_fraction);
  if (options.subset_strategy != "random") config.set_subset_strategy(options.subset_strategy);
  config.set_seed(options.training.seed);
  config.set_label_noise(options.label_noise);
  config.set_near_duplicates(options.near_duplicates);
  config.set_membership_reference(options.membership_reference);
  if (IsImageFolderSpec(options.dataset)) {
    if (options.images.size) config.set_image_size(FormatImageSize(*options.images.size));
    config.set_image_mode(std::string(ImageModeName(options.images.mode)));
    config.set_test_share(options.images.test_share);
  }
  return config;
}

absl::Status WriteBundleContents(const fs::path& directory, ProvenanceNetwork& network,
                                 const Dataset& samples) {
  PROVNET_RETURN_IF_ERROR(WriteModel(directory / kModelFile, network));
  PROVNET_RETURN_IF_ERROR(WriteSamples(directory / kSamplesFolder, samples));
  const fs::path index_folder = (directory / kLabelsFile).parent_path();
  std::error_code error;
  fs::create_directories(index_folder, error);
  if (error) return ErrorCodeToStatus(error, "create folder", index_folder);
  const uint64_t shape[] = {samples.size()};
  PROVNET_RETURN_IF_ERROR(WriteNpy<uint32_t>(directory / kLabelsFile, shape, samples.labels));
  if (network.spec().head != v1::HEAD_TYPE_EMBEDDING) return absl::OkStatus();
  return WriteVectors(directory / kVectorsFile, network, samples);
}

v1::BundleManifest DescribeBundle(const FitOptions& options, const NetworkSpec& spec,
                                  const Dataset& samples) {
  v1::BundleManifest manifest;
  manifest.mutable_input()->set_channels(spec.channels);
  manifest.mutable_input()->set_height(spec.height);
  manifest.mutable_input()->set_width(spec.width);
  for (const std::string& name : samples.class_names) manifest.add_class_names(name);
  manifest.mutable_index_head()->set_type(spec.head);
  manifest.mutable_index_head()->set_dim(spec.index_dim);
  if (spec.head == v1::HEAD_TYPE_EMBEDDING) {
    manifest.mutable_index_head()->set_scale(static_cast<float>(1 / options.training.temperature));
  }
  manifest.set_sample_count(samples.size());
  manifest.set_feature_dim(static_cast<uint32_t>(FeatureDim(spec)));
  *manifest.mutable_training() = DescribeTraining(options, samples);
  return manifest;
}

}  // namespace provnet
