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

// Fails before hours of work rather than after, where WriteFileAtomically could not write `path`:
// creates its folder and an empty file in there, which is removed again. Links, and what is no
// file, as a pipe, are not tried. An empty path is fine.
absl::Status CheckWritable(const std::filesystem::path& path);

}  // namespace provnet

#endif  // PROVNET_TRAINER_CLI_OUTPUT_PATHS_H_
