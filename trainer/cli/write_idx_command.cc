#include <iostream>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "trainer/cli/command.h"
#include "trainer/cli/data_flags.h"
#include "trainer/cli/flag_use.h"
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
  --seed=N                      draws generated digits, and the test part of pictures that have none; not for idx:DIR (1)
)";
  return absl::StrCat(kStart, kImageFolderFlagsUsage,
                      "\nexit status: 0 written, 1 failed, 2 wrong usage\n");
}

ExitCode Write(const std::string& dataset, const ImageFolderOptions& images,
               const std::string& output) {
  const auto data = LoadDataset(dataset, absl::GetFlag(FLAGS_seed), images);
  if (!data.ok()) return Fail(data.status().message());
  for (const std::string& note : data->train.notes) std::cerr << note << "\n";
  if (const absl::Status status = WriteIdx(*data, output); !status.ok()) {
    return Fail(status.message());
  }
  std::cout << "wrote " << data->train.size() << " training and " << data->test.size()
            << " test images to " << output << std::endl;
  return kExitOk;
}

absl::StatusOr<Work> Read(const CommandLine& line) {
  const std::string dataset = absl::GetFlag(FLAGS_dataset), output = absl::GetFlag(FLAGS_output);
  PROVNET_ASSIGN_OR_RETURN(const ImageFolderOptions images, ImageFolderOptionsFromFlags(line));
  PROVNET_ASSIGN_OR_RETURN(const DatasetSpec spec, ParseDatasetSpec(dataset));
  PROVNET_RETURN_IF_ERROR(RefuseUnusedFlags(
      line, {{"seed", spec.kind != DatasetKind::kIdx, absl::StrCat("with --dataset=", dataset),
              "nothing of it is drawn"}}));
  if (images.mode == ImageMode::kRgb) {
    return absl::InvalidArgumentError(
        "--image-mode=rgb makes pictures that MNIST-format files can't hold: expected grey");
  }
  if (output.empty()) return absl::InvalidArgumentError("--output is missing: expected a folder");
  return [=] { return Write(dataset, images, output); };
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
      .read = Read,
  };
  return command;
}

}  // namespace provnet
