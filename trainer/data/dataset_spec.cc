#include "trainer/data/dataset_spec.h"

#include <filesystem>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "storage/base/status_macros.h"
#include "trainer/data/glyphs.h"
#include "trainer/data/idx_reader.h"
#include "trainer/data/image_folder.h"

namespace provnet {
namespace {

absl::Status SpecError(absl::string_view spec, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(
      "data set \"", spec, "\": ", what,
      ". Accepted: idx:DIR (a folder with the four MNIST-format files, gzipped or not), "
      "images:PATH (a folder or tar archive of class folders with PNG or JPEG files) or glyphs:N "
      "(N generated digits, ",
      kMinGlyphs, " to ", kMaxGlyphs, ")"));
}

absl::StatusOr<DatasetPair> LoadGlyphs(absl::string_view spec, absl::string_view count,
                                       uint64_t seed) {
  uint64_t train_size = 0;
  if (!absl::SimpleAtoi(count, &train_size)) {
    return SpecError(spec, absl::StrCat("\"", count, "\" is not a number of images"));
  }
  if (train_size < kMinGlyphs || train_size > kMaxGlyphs) {
    return SpecError(spec, absl::StrCat(train_size, " images is out of range"));
  }
  return MakeGlyphs(train_size, seed);
}

}  // namespace

bool IsImageFolderSpec(std::string_view spec) { return spec.substr(0, 7) == "images:"; }

absl::StatusOr<DatasetPair> LoadDataset(std::string_view text, uint64_t seed,
                                        const ImageFolderOptions& images) {
  // Abseil's string_view is a type of its own where Abseil was built for an older C++.
  const absl::string_view spec(text.data(), text.size());
  absl::string_view rest = spec;
  if (absl::ConsumePrefix(&rest, "idx:")) {
    if (rest.empty()) return SpecError(spec, "the folder is missing");
    return ReadIdx(std::filesystem::path(std::string(rest)));  // validates
  }
  if (absl::ConsumePrefix(&rest, "images:")) {
    if (rest.empty()) return SpecError(spec, "the folder or archive is missing");
    return ReadImageFolder(std::filesystem::path(std::string(rest)), seed, images);  // validates
  }
  if (absl::ConsumePrefix(&rest, "glyphs:")) {
    PROVNET_ASSIGN_OR_RETURN(DatasetPair data, LoadGlyphs(spec, rest, seed));
    PROVNET_RETURN_IF_ERROR(ValidateDataset(data));
    return data;
  }
  return SpecError(spec, "unknown kind of data set");
}

}  // namespace provnet
