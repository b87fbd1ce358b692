#include "server/engine/bundle_vectors.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/model/torch_status.h"
#include "storage/base/status_macros.h"
#include "storage/bundle_layout.h"
#include "storage/npy.h"

namespace provnet {
namespace {

absl::StatusOr<at::Tensor> ReadMatrix(const std::filesystem::path& bundle, const char* file,
                                      uint64_t rows, uint64_t columns) {
  PROVNET_ASSIGN_OR_RETURN(NpyReader<float> reader, NpyReader<float>::Open(bundle / file));
  const std::vector<uint64_t> expected{rows, columns};
  if (reader.shape() != expected) {
    return absl::DataLossError(absl::StrCat(file, " has shape [",
                                            absl::StrJoin(reader.shape(), ", "), "], expected [",
                                            absl::StrJoin(expected, ", "), "]"));
  }
  PROVNET_ASSIGN_OR_RETURN(
      at::Tensor matrix, TryTorch(absl::StrCat("read ", file), [&] {
        return at::empty({static_cast<int64_t>(rows), static_cast<int64_t>(columns)});
      }));
  PROVNET_RETURN_IF_ERROR(
      reader.Read(absl::MakeSpan(matrix.data_ptr<float>(), static_cast<size_t>(reader.size()))));
  return matrix;
}

}  // namespace

absl::StatusOr<at::Tensor> ReadVectors(const std::filesystem::path& bundle,
                                       const v1::BundleManifest& manifest) {
  return ReadMatrix(bundle, kVectorsFile, manifest.sample_count(), manifest.index_head().dim());
}

absl::StatusOr<Cells> ReadCells(const std::filesystem::path& bundle,
                                const v1::BundleManifest& manifest) {
  const uint32_t cells = manifest.index_head().approximate().cells();
  PROVNET_ASSIGN_OR_RETURN(at::Tensor centroids,
                           ReadMatrix(bundle, kCentroidsFile, cells, manifest.index_head().dim()));
  PROVNET_ASSIGN_OR_RETURN(NpyArray<uint32_t> cell_of, ReadNpy<uint32_t>(bundle / kCellOfFile));
  if (cell_of.values.size() != manifest.sample_count()) {
    return absl::DataLossError(absl::StrCat(kCellOfFile, " holds ", cell_of.values.size(),
                                            " cells, expected one for each of ",
                                            manifest.sample_count(), " samples"));
  }
  const auto wrong = std::find_if(cell_of.values.begin(), cell_of.values.end(),
                                  [&](uint32_t cell) { return cell >= cells; });
  if (wrong != cell_of.values.end()) {
    return absl::DataLossError(absl::StrCat(kCellOfFile, " holds cell ", *wrong, " for sample ",
                                            wrong - cell_of.values.begin(), ", expected less than ",
                                            cells));
  }
  return Cells{std::move(centroids), std::move(cell_of.values)};
}

}  // namespace provnet
