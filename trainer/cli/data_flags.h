#ifndef PROVNET_TRAINER_CLI_DATA_FLAGS_H_
#define PROVNET_TRAINER_CLI_DATA_FLAGS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/flags/declare.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/command_line/command_line.h"
#include "trainer/data/image_folder_options.h"

// Flags that several commands share.
ABSL_DECLARE_FLAG(std::string, dataset);
ABSL_DECLARE_FLAG(std::string, output);
ABSL_DECLARE_FLAG(uint64_t, seed);
ABSL_DECLARE_FLAG(std::string, json);
ABSL_DECLARE_FLAG(std::string, work_dir);

namespace provnet {

// Abseil's names of the flags that say how image folders are read.
std::vector<absl::string_view> ImageFolderFlagNames();

// The lines about them.
extern const char kImageFolderFlagsUsage[];

// What they ask for. INVALID_ARGUMENT names a flag whose value has no meaning, --dataset among
// them, or that was given for a --dataset that is none of images.
absl::StatusOr<ImageFolderOptions> ImageFolderOptionsFromFlags(const CommandLine& line);

}  // namespace provnet

#endif  // PROVNET_TRAINER_CLI_DATA_FLAGS_H_
