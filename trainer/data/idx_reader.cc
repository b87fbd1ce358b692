#include "trainer/data/idx_reader.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "storage/base/status_macros.h"
#include "storage/base/status_prefix.h"
#include "trainer/data/dataset_checks.h"
#include "trainer/data/idx_file.h"

namespace provnet {
namespace {

namespace fs = std::filesystem;

// Finds e.g. ("train-images", 3) under any of its spellings; a plain file goes before a gzipped
// one.
absl::StatusOr<fs::path> FindFile(const fs::path& dir, const std::string& stem, size_t rank) {
  std::vector<std::string> spellings;
  for (const char* ending : {"", ".gz"}) {
    for (const char* separator : {"-", "."}) {
      spellings.push_back(absl::StrCat(stem, separator, "idx", rank, "-ubyte", ending));
    }
  }
  for (const std::string& spelling : spellings) {
    std::error_code ignored;
    if (fs::exists(dir / spelling, ignored)) return dir / spelling;
  }
  return absl::NotFoundError(absl::StrCat(dir.string(), ": has no ", spellings.front(),
                                          "; looked for ", absl::StrJoin(spellings, ", "),
                                          ". Expected the four files of an MNIST-format data set"));
}

std::string SourceName(const fs::path& images_path) {
  return (images_path.extension() == ".gz" ? images_path.stem() : images_path.filename()).string();
}

absl::StatusOr<Dataset> ReadPart(const fs::path& dir, const char* part) {
  PROVNET_ASSIGN_OR_RETURN(const fs::path images_path,
                           FindFile(dir, absl::StrCat(part, "-images"), 3));
  PROVNET_ASSIGN_OR_RETURN(const fs::path labels_path,
                           FindFile(dir, absl::StrCat(part, "-labels"), 1));
  PROVNET_ASSIGN_OR_RETURN(IdxArray images, ReadIdxFile(images_path, 3));
  PROVNET_ASSIGN_OR_RETURN(const IdxArray labels, ReadIdxFile(labels_path, 1));
  if (images.dimensions[0] != labels.dimensions[0]) {
    return absl::InvalidArgumentError(absl::StrCat(
        labels_path.string(), ": has ", labels.dimensions[0], " labels, but ", images_path.string(),
        " has ", images.dimensions[0], " images; each image needs one label"));
  }
  Dataset dataset;
  dataset.height = images.dimensions[1];
  dataset.width = images.dimensions[2];
  dataset.pixels = std::move(images.values);
  dataset.labels.assign(labels.values.begin(), labels.values.end());
  dataset.source_name = SourceName(images_path);
  dataset.source_positions.resize(dataset.labels.size());
  std::iota(dataset.source_positions.begin(), dataset.source_positions.end(), uint64_t{0});
  return dataset;
}

// "0" .. the largest label of either part.
void NameClasses(DatasetPair& data) {
  uint32_t largest = 0;
  for (const Dataset* part : {&data.train, &data.test}) {
    largest = std::max(largest, *std::max_element(part->labels.begin(), part->labels.end()));
  }
  for (uint32_t id = 0; id <= largest; ++id) {
    data.train.class_names.push_back(absl::StrCat(id));
  }
  data.test.class_names = data.train.class_names;
}

}  // namespace

absl::StatusOr<DatasetPair> ReadIdx(const fs::path& dir) {
  std::error_code ignored;
  if (!fs::is_directory(dir, ignored)) {
    return absl::NotFoundError(
        absl::StrCat(dir.string(),
                     ": is not a folder; expected one with the four files of an MNIST-format "
                     "data set"));
  }
  DatasetPair data;
  PROVNET_ASSIGN_OR_RETURN(data.train, ReadPart(dir, "train"));
  PROVNET_ASSIGN_OR_RETURN(data.test, ReadPart(dir, "t10k"));
  NameClasses(data);
  if (absl::Status status = ValidateDataset(data); !status.ok()) {
    return WithPrefix(dir.string(), status);
  }
  return data;
}

}  // namespace provnet
