#ifndef PROVNET_TRAINER_CLI_OUTPUT_PATHS_H_
#define PROVNET_TRAINER_CLI_OUTPUT_PATHS_H_

#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace provnet {

// Something that a command writes: what names it, such as "--json", and its place.
struct OutputPath {
  std::string name;
  std::filesystem::path path;
};

// INVALID_ARGUMENT when two of them have one place, however it is spelled: names both. Links are
// not followed. An empty path is none.
absl::Status CheckPathsDiffer(const std::vector<OutputPath>& outputs);

// Creates the folder of `path`. Fails before hours of work rather than after, as CheckWritable
// does. An empty path is fine.
absl::Status PrepareOutputFile(const std::filesystem::path& path);

}  // namespace provnet

#endif  // PROVNET_TRAINER_CLI_OUTPUT_PATHS_H_
