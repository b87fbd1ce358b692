#ifndef PROVNET_SERVER_ENGINE_BUNDLE_VECTORS_H_
#define PROVNET_SERVER_ENGINE_BUNDLE_VECTORS_H_

#include <torch/script.h>

#include <filesystem>

#include "absl/status/statusor.h"
#include "provnet/v1/bundle.pb.h"
#include "server/attribution/cell_search.h"

namespace provnet {

// What a bundle with an embedding head holds in index/. DATA_LOSS names the file, and what is there
// in place of what `manifest` says.

// float32 [N,d], the vector of every sample.
absl::StatusOr<at::Tensor> ReadVectors(const std::filesystem::path& bundle,
                                       const v1::BundleManifest& manifest);

// The cells of a manifest with index_head.approximate.
absl::StatusOr<Cells> ReadCells(const std::filesystem::path& bundle,
                                const v1::BundleManifest& manifest);

}  // namespace provnet

#endif  // PROVNET_SERVER_ENGINE_BUNDLE_VECTORS_H_
