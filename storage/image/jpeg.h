#ifndef PROVNET_STORAGE_IMAGE_JPEG_H_
#define PROVNET_STORAGE_IMAGE_JPEG_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/image/image.h"

namespace provnet {

// Decodes a JPEG into `channels` (1 or 3). Strict: whatever libjpeg-turbo only warns about
// (truncation, corrupt entropy data) is INVALID_ARGUMENT here, since the pixels from there on are
// made up.
absl::StatusOr<Image> DecodeJpeg(absl::string_view bytes, uint32_t channels,
                                 const ImageLimits& limits);

// See ReadImageInfo.
absl::StatusOr<ImageInfo> ReadJpegInfo(absl::string_view bytes, const ImageLimits& limits);

}  // namespace provnet

#endif  // PROVNET_STORAGE_IMAGE_JPEG_H_
