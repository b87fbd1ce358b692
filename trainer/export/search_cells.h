#ifndef PROVNET_TRAINER_EXPORT_SEARCH_CELLS_H_
#define PROVNET_TRAINER_EXPORT_SEARCH_CELLS_H_

#include <filesystem>

#include "absl/status/status.h"
#include "provnet/v1/bundle.pb.h"
#include "trainer/data/dataset.h"
#include "trainer/export/fit_options.h"
#include "trainer/network/provenance_network.h"
#include "trainer/training/progress.h"

namespace provnet {

// Adds cells for an approximate search to the contents of a bundle with sample vectors, and says in
// `manifest` how good it is, measured on test images. Does nothing for other heads, for fewer
// samples than options.approximate_from, without test images, and (with a note) where cells don't
// reach the recall. Errors name the file.
absl::Status AddSearchCells(const std::filesystem::path& directory, const FitOptions& options,
                            ProvenanceNetwork& network, const DatasetPair& data,
                            ProgressListener& progress, v1::BundleManifest& manifest);

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPORT_SEARCH_CELLS_H_
