#ifndef PROVNET_TRAINER_DATA_DIRECTORY_STREAM_H_
#define PROVNET_TRAINER_DATA_DIRECTORY_STREAM_H_

#include <filesystem>
#include <memory>

#include "absl/status/statusor.h"
#include "trainer/data/entry_stream.h"

namespace provnet {

// The folder's part of OpenEntryStream.
absl::StatusOr<std::unique_ptr<EntryStream>> OpenDirectoryStream(const std::filesystem::path& path);

}  // namespace provnet

#endif  // PROVNET_TRAINER_DATA_DIRECTORY_STREAM_H_
