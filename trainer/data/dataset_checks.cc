#include "trainer/data/dataset_checks.h"

#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "storage/sha256.h"

namespace provnet {
namespace {

std::string Shape(const Dataset& part) {
  return absl::StrCat(part.width, "x", part.height, " with ", part.channels, " channel(s)");
}

// Doesn't multiply the sizes before they are known to fit.
bool PixelsMatch(const Dataset& part) {
  size_t rest = part.pixels.size();
  for (const size_t size : {part.size(), size_t{part.channels}, size_t{part.height}}) {
    if (size == 0 || rest % size != 0) return false;
    rest /= size;
  }
  return rest == part.width && part.width > 0;
}

absl::Status ValidatePart(const char* name, const Dataset& part) {
  const auto invalid = [&](auto&&... what) {
    return absl::InvalidArgumentError(absl::StrCat("the ", name, " part ", what...));
  };
  if (part.labels.empty()) return invalid("has no samples; expected at least one");
  if (!PixelsMatch(part)) {
    return invalid("has ", part.pixels.size(), " bytes of pixels; expected ", part.size(),
                   " images of ", Shape(part));
  }
  if (part.source_positions.size() != part.size()) {
    return invalid("has ", part.source_positions.size(), " source positions for ", part.size(),
                   " samples");
  }
  for (const auto& [what, count] : {std::pair{"source names", part.source_names.size()},
                                    {"encoded files", part.encoded.size()}}) {
    if (count == 0 || count == part.size()) continue;
    return invalid("has ", count, " ", what, " for ", part.size(),
                   " samples; expected one each or none");
  }
  if (part.class_names.empty() || part.class_names.size() > kMaxClasses) {
    return invalid("has ", part.class_names.size(), " classes; expected 1 to ", kMaxClasses);
  }
  for (size_t i = 0; i < part.size(); ++i) {
    if (part.labels[i] >= part.class_names.size()) {
      return invalid("labels sample ", i, " with class ", part.labels[i], "; expected one below ",
                     part.class_names.size());
    }
  }
  return absl::OkStatus();
}

absl::Status EveryClassHasASample(const Dataset& train) {
  std::vector<bool> seen(train.class_names.size());
  for (const uint32_t label : train.labels) seen[label] = true;
  for (size_t id = 0; id < seen.size(); ++id) {
    if (!seen[id]) {
      return absl::InvalidArgumentError(
          absl::StrCat("class ", train.class_names[id],
                       " has no training sample; add some or number the classes without gaps"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ValidateDataset(const DatasetPair& data) {
  PROVNET_RETURN_IF_ERROR(ValidatePart("training", data.train));
  PROVNET_RETURN_IF_ERROR(ValidatePart("test", data.test));
  if (data.train.channels != data.test.channels || data.train.height != data.test.height ||
      data.train.width != data.test.width) {
    return absl::InvalidArgumentError(absl::StrCat("training images are ", Shape(data.train),
                                                   ", but test images are ", Shape(data.test),
                                                   "; both must have one size"));
  }
  if (data.train.class_names != data.test.class_names) {
    return absl::InvalidArgumentError(
        absl::StrCat("the training part's ", data.train.class_names.size(),
                     " class names differ from the test part's ", data.test.class_names.size()));
  }
  return EveryClassHasASample(data.train);
}

std::string Fingerprint(const Dataset& dataset) {
  std::string labels;
  labels.reserve(4 * dataset.labels.size());
  for (const uint32_t label : dataset.labels) {
    for (int shift = 0; shift < 32; shift += 8) {
      labels.push_back(static_cast<char>(label >> shift & 0xff));
    }
  }
  Sha256 hash;
  hash.Update(labels);
  hash.Update(std::string_view(reinterpret_cast<const char*>(dataset.pixels.data()),
                               dataset.pixels.size()));
  return ToHex(hash.Finish());
}

}  // namespace provnet
