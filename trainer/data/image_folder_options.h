#ifndef PROVNET_TRAINER_DATA_IMAGE_FOLDER_OPTIONS_H_
#define PROVNET_TRAINER_DATA_IMAGE_FOLDER_OPTIONS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace provnet {

// Bounds on the sides of images that a network takes.
inline constexpr uint32_t kMinImageSide = 8;
inline constexpr uint32_t kMaxImageSide = 1024;

struct ImageSize {
  uint32_t height = 0;
  uint32_t width = 0;
  friend bool operator==(const ImageSize&, const ImageSize&) = default;
};

// "32x48" is height x width, each kMinImageSide..kMaxImageSide. INVALID_ARGUMENT names
// --image-size.
absl::StatusOr<ImageSize> ParseImageSize(std::string_view text);
std::string FormatImageSize(const ImageSize& size);

enum class ImageMode { kAsStored, kGrey, kRgb };

// "grey", "rgb", or "" for as stored. INVALID_ARGUMENT names --image-mode.
absl::StatusOr<ImageMode> ParseImageMode(std::string_view text);
std::string_view ImageModeName(ImageMode mode);

// How a folder or archive of images is read, see ReadImageFolder.
struct ImageFolderOptions {
  // Resize every image to this; without it all must have one size.
  std::optional<ImageSize> size = std::nullopt;
  // Convert every image; as stored, all must be grey or all in colour.
  ImageMode mode = ImageMode::kAsStored;
  // Share of each class that is held out as the test part where the data set has none; in (0, 1).
  double test_share = 1.0 / 6;
  // Fail at the first file that can't be read, in place of skipping it.
  bool strict = false;
  // Threads that decode, 0 for one a core. The result doesn't depend on it.
  int threads = 0;
  // Bounds on one file, and on all decoded pixels together.
  size_t max_file_bytes = size_t{32} << 20;
  uint64_t max_pixels = uint64_t{16} << 20;
  uint64_t max_decoded_bytes = uint64_t{64} << 30;
};

// INVALID_ARGUMENT names the flag, its value and what was expected.
absl::Status ValidateImageFolderOptions(const ImageFolderOptions& options);

}  // namespace provnet

#endif  // PROVNET_TRAINER_DATA_IMAGE_FOLDER_OPTIONS_H_
