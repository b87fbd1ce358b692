#ifndef PROVNET_STORAGE_IMAGE_LIMITS_H_
#define PROVNET_STORAGE_IMAGE_LIMITS_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "storage/image/image.h"

namespace provnet {

// INVALID_ARGUMENT when an image of this size, which its header announces, passes the bound.
absl::Status CheckPixels(absl::string_view format, uint64_t width, uint64_t height,
                         const ImageLimits& limits);

}  // namespace provnet

#endif  // PROVNET_STORAGE_IMAGE_LIMITS_H_
