#ifndef PROVNET_TRAINER_CLI_DATA_FLAGS_H_
#define PROVNET_TRAINER_CLI_DATA_FLAGS_H_

#include <cstdint>
#include <string>

#include "absl/flags/declare.h"

// Flags that several commands share.
ABSL_DECLARE_FLAG(std::string, dataset);
ABSL_DECLARE_FLAG(std::string, output);
ABSL_DECLARE_FLAG(uint64_t, seed);

#endif  // PROVNET_TRAINER_CLI_DATA_FLAGS_H_
