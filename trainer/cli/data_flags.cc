#include "trainer/cli/data_flags.h"

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "trainer/cli/command.h"
#include "trainer/cli/flag_use.h"
#include "trainer/data/dataset_spec.h"

ABSL_FLAG(std::string, dataset, "", provnet::kSeeUsage);
ABSL_FLAG(std::string, output, "", provnet::kSeeUsage);
ABSL_FLAG(uint64_t, seed, 1, provnet::kSeeUsage);
ABSL_FLAG(std::string, json, "", provnet::kSeeUsage);
ABSL_FLAG(std::string, work_dir, "", provnet::kSeeUsage);
ABSL_FLAG(std::string, image_size, "", provnet::kSeeUsage);
ABSL_FLAG(std::string, image_mode, "", provnet::kSeeUsage);
ABSL_FLAG(double, test_share, 1.0 / 6, provnet::kSeeUsage);
ABSL_FLAG(bool, strict, false, provnet::kSeeUsage);

namespace provnet {

const char kImageFolderFlagsUsage[] =
    R"(reading images:PATH: a folder or a tar archive (plain, gzip, bzip2, xz, zstd, lz4) with PNG or JPEG files in class
folders, CLASS/*.png, or train/CLASS/*.png and test/CLASS/*.png
  --image-size=HEIGHTxWIDTH     resizes every image (as stored: all must have one size)
  --image-mode=grey|rgb         converts every image (as stored: all grey or all in colour)
  --test-share=X                share of each class held out for testing where there is no test folder (1/6)
  --strict                      fails at the first file that can't be read, in place of skipping it with a note
)";

std::vector<absl::string_view> ImageFolderFlagNames() {
  return {"image_size", "image_mode", "test_share", "strict"};
}

absl::StatusOr<ImageFolderOptions> ImageFolderOptionsFromFlags(const CommandLine& line) {
  const std::string dataset = absl::GetFlag(FLAGS_dataset);
  PROVNET_RETURN_IF_ERROR(ValidateDatasetFlag(dataset));
  const bool reads_images = IsImageFolderSpec(dataset);
  std::vector<FlagUse> uses;
  for (absl::string_view flag : ImageFolderFlagNames()) {
    uses.push_back({flag, reads_images, absl::StrCat("with --dataset=", dataset),
                    "it says how --dataset=images:PATH is read"});
  }
  PROVNET_RETURN_IF_ERROR(RefuseUnusedFlags(line, uses));
  ImageFolderOptions options;
  if (const std::string size = absl::GetFlag(FLAGS_image_size); !size.empty()) {
    PROVNET_ASSIGN_OR_RETURN(options.size, ParseImageSize(size));
  }
  PROVNET_ASSIGN_OR_RETURN(options.mode, ParseImageMode(absl::GetFlag(FLAGS_image_mode)));
  options.test_share = absl::GetFlag(FLAGS_test_share);
  options.strict = absl::GetFlag(FLAGS_strict);
  PROVNET_RETURN_IF_ERROR(ValidateImageFolderOptions(options));
  return options;
}

}  // namespace provnet
