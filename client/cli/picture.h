#ifndef PROVNET_CLIENT_CLI_PICTURE_H_
#define PROVNET_CLIENT_CLI_PICTURE_H_

#include <string>

#include "absl/status/statusor.h"
#include "provnet/v1/sample.pb.h"
#include "storage/image/image.h"

namespace provnet {

// The content type of raw tensors.
inline constexpr char kTensorContentType[] = "application/vnd.provnet.tensor";

// The pixels of a record: those of its PNG or JPEG, in colour, or of its tensor [1|3, H, W]
// (FLOAT32 0..1 becomes 0..255). INVALID_ARGUMENT says why it can't be shown.
absl::StatusOr<Image> PictureOf(const v1::SampleRecord& record);

// A file that browsers show.
struct Media {
  // "image/png" or "image/jpeg".
  std::string type;
  std::string bytes;
};

// The record's own bytes if they are such a file, else a PNG of its tensor with exactly its pixels.
absl::StatusOr<Media> MediaOf(const v1::SampleRecord& record);

}  // namespace provnet

#endif  // PROVNET_CLIENT_CLI_PICTURE_H_
