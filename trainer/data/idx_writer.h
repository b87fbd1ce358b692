#ifndef PROVNET_TRAINER_DATA_IDX_WRITER_H_
#define PROVNET_TRAINER_DATA_IDX_WRITER_H_

#include <filesystem>

#include "absl/status/status.h"
#include "trainer/data/dataset.h"

namespace provnet {

// Writes the four plain MNIST-format files that ReadIdx reads into `dir`, which is created when
// missing; files of those names are replaced, each in one step. INVALID_ARGUMENT for images with
// several channels or labels above 255, which the format can't hold; PERMISSION_DENIED or
// RESOURCE_EXHAUSTED with the path.
absl::Status WriteIdx(const DatasetPair& data, const std::filesystem::path& dir);

}  // namespace provnet

#endif  // PROVNET_TRAINER_DATA_IDX_WRITER_H_
