#include "trainer/cli/data_flags.h"

#include "absl/flags/flag.h"
#include "trainer/cli/command.h"

ABSL_FLAG(std::string, dataset, "", provnet::kSeeUsage);
ABSL_FLAG(std::string, output, "", provnet::kSeeUsage);
ABSL_FLAG(uint64_t, seed, 1, provnet::kSeeUsage);
