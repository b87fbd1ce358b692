#ifndef PROVNET_STORAGE_BUNDLE_LAYOUT_H_
#define PROVNET_STORAGE_BUNDLE_LAYOUT_H_

#include <cstdint>

namespace provnet {

// Names inside a bundle, <repository>/<model>/<version>/. See docs/storage_format.md.
inline constexpr uint32_t kBundleSchemaVersion = 1;
inline constexpr char kManifestFile[] = "manifest.json";
// One line, "<sha256 of manifest.json>  manifest.json", as sha256sum -c reads it.
inline constexpr char kManifestDigestFile[] = "manifest.json.sha256";
inline constexpr char kModelFile[] = "model.pt";
inline constexpr char kSamplesFolder[] = "samples";
// uint32 [N]: the label of every sample.
inline constexpr char kLabelsFile[] = "index/labels.npy";
// float32 [N, d]: the unit vector of every sample (embedding heads).
inline constexpr char kVectorsFile[] = "index/vectors.npy";
// float32 [L, d] and uint32 [N]: the cells' centroids, and the cell of every sample (embedding
// heads with an approximate search).
inline constexpr char kCentroidsFile[] = "index/centroids.npy";
inline constexpr char kCellOfFile[] = "index/cell_of.npy";
// Membership scores of known members and non-members (where trained with a reference set).
inline constexpr char kCalibrationFile[] = "calibration.json";
// Inputs with the answers that a loaded bundle must give (where the trainer recorded them).
inline constexpr char kGoldenFile[] = "golden.json";

}  // namespace provnet

#endif  // PROVNET_STORAGE_BUNDLE_LAYOUT_H_
