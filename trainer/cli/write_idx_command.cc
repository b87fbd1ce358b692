#include <iostream>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "trainer/cli/command.h"
#include "trainer/cli/data_flags.h"
#include "trainer/data/dataset_spec.h"
#include "trainer/data/idx_writer.h"

namespace provnet {
namespace {

std::string Usage() {
  constexpr char kStart[] =
      R"(provnet-train write-idx: writes a data set, training and test part, as the four MNIST-format files.

usage: provnet-train write-idx --dataset=DATA --output=DIR [--seed=N]

  --dataset=DATA                idx:DIR, the MNIST-format files in DIR; images:PATH, grey pictures, see below; glyphs:N, N
                                generated digits (required)
  --output=DIR                  the folder for the files (required)
  --seed=N                      draws generated digits, and the test part of pictures that have none (1)
)";
  return absl::StrCat(kStart, kImageFolderFlagsUsage,
                      "\nexit status: 0 written, 1 failed, 2 wrong usage\n");
}

ExitCode Run(const CommandLine&) {
  const std::string output = absl::GetFlag(FLAGS_output);
  if (output.empty()) return Fail(kExitUsage, "--output is missing, expected a folder");
  const auto images = ImageFolderOptionsFromFlags();
  if (!images.ok()) return Fail(kExitUsage, images.status().message());
  const auto data = LoadDataset(absl::GetFlag(FLAGS_dataset), absl::GetFlag(FLAGS_seed), *images);
  if (!data.ok()) return Fail(kExitFailed, data.status().message());
  for (const std::string& note : data->train.notes) std::cerr << note << "\n";
  if (const absl::Status status = WriteIdx(*data, output); !status.ok()) {
    return Fail(kExitFailed, status.message());
  }
  std::cout << "wrote " << data->train.size() << " training and " << data->test.size()
            << " test images to " << output << std::endl;
  return kExitOk;
}

std::vector<absl::string_view> Flags() {
  std::vector<absl::string_view> names = ImageFolderFlagNames();
  names.insert(names.end(), {"dataset", "output", "seed"});
  return names;
}

}  // namespace

const Command& WriteIdxCommand() {
  static const auto& command = *new Command{
      .name = "write-idx",
      .summary = "writes a data set as MNIST-format files",
      .usage = Usage,
      .flags = Flags(),
      .run = Run,
  };
  return command;
}

}  // namespace provnet
