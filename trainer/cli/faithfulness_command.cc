#include "absl/strings/str_cat.h"
#include "trainer/cli/experiment_command.h"
#include "trainer/experiments/faithfulness_experiment.h"

namespace provnet {
namespace {

constexpr char kAbout[] =
    R"(provnet-train faithfulness: measures whether the samples that are named as support are those that matter.

usage: provnet-train faithfulness --dataset=DATA [flags]

Fits hundreds of tiny networks to parts of 5,000 training samples, and compares what they say with what each attribution method
foretold: the four index heads, nearest neighbours, TracIn, TRAK, DualView, and candidates for a next head. Two measures: the
linear datamodeling score, and predictions that flip once the named samples are left out. docs/faithfulness.md defines both.
The same as 'provnet-train experiment faithfulness'.

)";

std::string Usage() { return absl::StrCat(kAbout, ExperimentFlagsUsage()); }

absl::StatusOr<Work> Read(const CommandLine& line) {
  return ReadExperiment(FaithfulnessExperiment(), "faithfulness", line);
}

}  // namespace

const Command& FaithfulnessCommand() {
  static const auto& command = *new Command{
      .name = "faithfulness",
      .summary = "measures whether named samples are those that matter",
      .usage = Usage,
      .flags = ExperimentFlagNames(),
      .read = Read,
  };
  return command;
}

}  // namespace provnet
