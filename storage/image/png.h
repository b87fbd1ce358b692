#ifndef PROVNET_STORAGE_IMAGE_PNG_H_
#define PROVNET_STORAGE_IMAGE_PNG_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/image/image.h"

namespace provnet {

// Decodes a PNG of any colour type and depth into `channels` (1 or 3). 16-bit samples are rounded
// to 8 bits; gamma and colour profiles are not applied, so pixels come out as they are stored.
absl::StatusOr<Image> DecodePng(absl::string_view bytes, uint32_t channels,
                                const ImageLimits& limits);

// See ReadImageInfo.
absl::StatusOr<ImageInfo> ReadPngInfo(absl::string_view bytes, const ImageLimits& limits);

}  // namespace provnet

#endif  // PROVNET_STORAGE_IMAGE_PNG_H_
