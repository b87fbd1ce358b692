#include "trainer/export/search_cells.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "storage/base/status_macros.h"
#include "storage/bundle_layout.h"
#include "storage/npy.h"
#include "trainer/export/image_vectors.h"
#include "trainer/search/cell_builder.h"

namespace provnet {
namespace {

constexpr uint64_t kQueries = 1000;

absl::Status WriteCells(const std::filesystem::path& directory, const Cells& cells) {
  const uint64_t shape[] = {static_cast<uint64_t>(cells.centroids.size(0)),
                            static_cast<uint64_t>(cells.centroids.size(1))};
  const at::Tensor centroids = cells.centroids.contiguous();
  PROVNET_RETURN_IF_ERROR(
      WriteNpy<float>(directory / kCentroidsFile, shape,
                      {centroids.data_ptr<float>(), static_cast<size_t>(centroids.numel())}));
  const uint64_t count[] = {cells.cell_of.size()};
  return WriteNpy<uint32_t>(directory / kCellOfFile, count, cells.cell_of);
}

}  // namespace

absl::Status AddSearchCells(const std::filesystem::path& directory, const FitOptions& options,
                            ProvenanceNetwork& network, const DatasetPair& data,
                            ProgressListener& progress, v1::BundleManifest& manifest) {
  v1::IndexHeadSpec& head = *manifest.mutable_index_head();
  if (head.type() != v1::HEAD_TYPE_EMBEDDING || options.approximate_from == 0 ||
      data.train.size() < options.approximate_from || data.test.size() == 0) {
    return absl::OkStatus();
  }
  progress.Note(absl::StrCat("dividing ", data.train.size(), " vectors into cells"));
  PROVNET_ASSIGN_OR_RETURN(NpyArray<float> vectors, ReadNpy<float>(directory / kVectorsFile));
  const at::Tensor rows =
      at::from_blob(vectors.values.data(),
                    {static_cast<int64_t>(data.train.size()), static_cast<int64_t>(head.dim())});
  PROVNET_ASSIGN_OR_RETURN(
      const at::Tensor queries,
      ImageVectors(network, data.test, std::min<uint64_t>(kQueries, data.test.size())));
  PROVNET_ASSIGN_OR_RETURN(const std::optional<BuiltCells> built,
                           BuildCells(rows, queries, head.scale(), options.training.seed));
  if (!built.has_value()) {
    progress.Note("no cells: these vectors need an exact search");
    return absl::OkStatus();
  }
  PROVNET_RETURN_IF_ERROR(WriteCells(directory, built->cells));
  v1::ApproximateSearch& approximate = *head.mutable_approximate();
  approximate.set_cells(static_cast<uint32_t>(built->cells.centroids.size(0)));
  approximate.set_probes(built->probes);
  approximate.set_queries(static_cast<uint32_t>(queries.size(0)));
  approximate.set_recall_at_10(built->recall_at_10);
  approximate.set_score_error(built->score_error);
  progress.Note(absl::StrFormat("approximate search: %u of %u cells, recall %.2f %%", built->probes,
                                approximate.cells(), built->recall_at_10 * 100));
  return absl::OkStatus();
}

}  // namespace provnet
