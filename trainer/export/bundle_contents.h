#ifndef PROVNET_TRAINER_EXPORT_BUNDLE_CONTENTS_H_
#define PROVNET_TRAINER_EXPORT_BUNDLE_CONTENTS_H_

#include <filesystem>

#include "absl/status/status.h"
#include "provnet/v1/bundle.pb.h"
#include "trainer/data/dataset.h"
#include "trainer/export/fit_options.h"
#include "trainer/network/provenance_network.h"

namespace provnet {

// Writes what a bundle holds beside its manifest into `directory`: model.pt, the samples with their
// exact bytes, the labels and, for embedding heads, the vector of every sample. Sample i is image i
// of `samples`, on which `network` was trained. Errors name the file.
absl::Status WriteBundleContents(const std::filesystem::path& directory, ProvenanceNetwork& network,
                                 const Dataset& samples);

// The part of a TrainingConfig that says what to train on, as LoadTrainingData reads it; without
// the fingerprint and the mask of a chosen subset.
v1::TrainingConfig DescribeData(const FitOptions& options);

// The manifest of such a bundle, without metrics and without what BundleWriter fills.
v1::BundleManifest DescribeBundle(const FitOptions& options, const NetworkSpec& spec,
                                  const Dataset& samples);

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPORT_BUNDLE_CONTENTS_H_
