#include "trainer/data/dataset_spec.h"

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

absl::StatusOr<DatasetSpec> PathSpec(absl::string_view spec, DatasetKind kind,
                                     absl::string_view path, absl::string_view what) {
  if (path.empty()) return SpecError(spec, absl::StrCat("the ", what, " is missing"));
  return DatasetSpec{kind, std::string(path)};
}

absl::StatusOr<DatasetSpec> GlyphsSpec(absl::string_view spec, absl::string_view count) {
  DatasetSpec glyphs;
  if (!absl::SimpleAtoi(count, &glyphs.glyphs)) {
    return SpecError(spec, absl::StrCat("\"", count, "\" is not a number of images"));
  }
  if (glyphs.glyphs < kMinGlyphs || glyphs.glyphs > kMaxGlyphs) {
    return SpecError(spec, absl::StrCat(glyphs.glyphs, " images is out of range"));
  }
  return glyphs;
}

}  // namespace

absl::StatusOr<DatasetSpec> ParseDatasetSpec(std::string_view text) {
  // Abseil's string_view is a type of its own where Abseil was built for an older C++.
  const absl::string_view spec(text.data(), text.size());
  absl::string_view rest = spec;
  if (absl::ConsumePrefix(&rest, "idx:")) return PathSpec(spec, DatasetKind::kIdx, rest, "folder");
  if (absl::ConsumePrefix(&rest, "images:")) {
    return PathSpec(spec, DatasetKind::kImages, rest, "folder or archive");
  }
  if (absl::ConsumePrefix(&rest, "glyphs:")) return GlyphsSpec(spec, rest);
  return SpecError(spec, "unknown kind of data set");
}

absl::Status ValidateDatasetFlag(std::string_view value) {
  if (!value.empty()) return ParseDatasetSpec(value).status();
  return absl::InvalidArgumentError(absl::StrCat("--dataset is missing: expected ", kDatasetForms));
}

bool IsImageFolderSpec(std::string_view spec) { return spec.substr(0, 7) == "images:"; }

absl::StatusOr<DatasetPair> LoadDataset(std::string_view text, uint64_t seed,
                                        const ImageFolderOptions& images) {
  PROVNET_ASSIGN_OR_RETURN(const DatasetSpec spec, ParseDatasetSpec(text));
  // The readers of files validate what they return.
  if (spec.kind == DatasetKind::kIdx) return ReadIdx(spec.path);
  if (spec.kind == DatasetKind::kImages) return ReadImageFolder(spec.path, seed, images);
  DatasetPair data = MakeGlyphs(spec.glyphs, seed);
  PROVNET_RETURN_IF_ERROR(ValidateDataset(data));
  return data;
}

}  // namespace provnet
