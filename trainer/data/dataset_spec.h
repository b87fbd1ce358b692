#ifndef PROVNET_TRAINER_DATA_DATASET_SPEC_H_
#define PROVNET_TRAINER_DATA_DATASET_SPEC_H_

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "absl/status/statusor.h"
#include "trainer/data/dataset.h"
#include "trainer/data/dataset_checks.h"  // IWYU pragma: export
#include "trainer/data/image_folder_options.h"

namespace provnet {

// Bounds on N in "glyphs:N".
inline constexpr uint64_t kMinGlyphs = 100;
inline constexpr uint64_t kMaxGlyphs = 1'000'000;

// The forms that LoadDataset accepts, for usage texts and errors.
inline constexpr char kDatasetForms[] = "idx:DIR, images:PATH or glyphs:N";

enum class DatasetKind { kIdx, kImages, kGlyphs };

struct DatasetSpec {
  DatasetKind kind = DatasetKind::kGlyphs;
  // kIdx, kImages: the folder or archive.
  std::filesystem::path path;
  // kGlyphs: the number of training digits.
  uint64_t glyphs = 0;
};

// Reads one of kDatasetForms; looks at no file. INVALID_ARGUMENT lists them.
absl::StatusOr<DatasetSpec> ParseDatasetSpec(std::string_view text);

// As ParseDatasetSpec, for the value of --dataset: names the flag when it is missing.
absl::Status ValidateDatasetFlag(std::string_view value);

// Loads the data set that a command line names, and validates it:
//   "idx:DIR"      the four MNIST-format files in DIR (see ReadIdx); `seed` has no effect
//   "images:PATH"  PNG and JPEG files in class folders, in a folder or a tar archive, read as
//   `images`
//                  says (see ReadImageFolder)
//   "glyphs:N"     N generated training digits, kMinGlyphs..kMaxGlyphs, drawn from `seed` (see
//                  MakeGlyphs)
// INVALID_ARGUMENT lists these forms; errors of ReadIdx and ReadImageFolder pass through. Every
// pair that it returns satisfies ValidateDataset.
absl::StatusOr<DatasetPair> LoadDataset(std::string_view spec, uint64_t seed,
                                        const ImageFolderOptions& images = {});

// Whether the specification is of the form "images:PATH".
bool IsImageFolderSpec(std::string_view spec);

}  // namespace provnet

#endif  // PROVNET_TRAINER_DATA_DATASET_SPEC_H_
