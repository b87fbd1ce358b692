#ifndef PROVNET_CLIENT_CLI_IDX_IMAGES_H_
#define PROVNET_CLIENT_CLI_IDX_IMAGES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace provnet {

// A run of images out of a file in MNIST's idx format, which was gzipped or not.
struct IdxImages {
  uint32_t height = 0;
  uint32_t width = 0;
  // Position of pixels[0] in the file.
  uint64_t first = 0;
  // One string of height * width grey bytes an image.
  std::vector<std::string> pixels;
  // The label of each, where the labels file lies beside: "...images-idx3..." has
  // "...labels-idx1...". Else empty.
  std::vector<uint32_t> labels;
};

// Reads `count` images from position `first` on, or all that follow. NOT_FOUND when there is no
// such file, OUT_OF_RANGE when it has fewer images, DATA_LOSS when it is no idx file, is cut short,
// or its labels do not fit: each names the file.
absl::StatusOr<IdxImages> ReadIdxImages(const std::string& path, uint64_t first,
                                        std::optional<uint64_t> count);

// Where the labels of that images file would be: both spellings, gzipped last. Empty when the name
// is not of that form.
std::vector<std::string> LabelPathsFor(const std::string& images_path);

}  // namespace provnet

#endif  // PROVNET_CLIENT_CLI_IDX_IMAGES_H_
