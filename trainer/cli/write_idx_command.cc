#include <iostream>

#include "absl/flags/flag.h"
#include "trainer/cli/command.h"
#include "trainer/cli/data_flags.h"
#include "trainer/data/dataset_spec.h"
#include "trainer/data/idx_writer.h"

namespace provnet {
namespace {

std::string Usage() {
  return R"(provnet-train write-idx: writes a data set, training and test part, as the four MNIST-format files.

usage: provnet-train write-idx --dataset=DATA --output=DIR [--seed=N]

  --dataset=idx:DIR | glyphs:N  the MNIST-format files in DIR, or N generated digits (required)
  --output=DIR                  the folder for the files (required)
  --seed=N                      draws generated digits (1)

exit status: 0 written, 1 failed, 2 wrong usage
)";
}

ExitCode Run(const CommandLine&) {
  const std::string output = absl::GetFlag(FLAGS_output);
  if (output.empty()) return Fail(kExitUsage, "--output is missing, expected a folder");
  const auto data = LoadDataset(absl::GetFlag(FLAGS_dataset), absl::GetFlag(FLAGS_seed));
  if (!data.ok()) return Fail(kExitFailed, data.status().message());
  if (const absl::Status status = WriteIdx(*data, output); !status.ok()) {
    return Fail(kExitFailed, status.message());
  }
  std::cout << "wrote " << data->train.size() << " training and " << data->test.size()
            << " test images to " << output << std::endl;
  return kExitOk;
}

}  // namespace

const Command& WriteIdxCommand() {
  static const auto& command = *new Command{
      .name = "write-idx",
      .summary = "writes a data set as MNIST-format files",
      .usage = Usage,
      .flags = {"dataset", "output", "seed"},
      .run = Run,
  };
  return command;
}

}  // namespace provnet
