#ifndef PROVNET_TRAINER_AUDIT_RECORD_PIXELS_H_
#define PROVNET_TRAINER_AUDIT_RECORD_PIXELS_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "provnet/v1/bundle.pb.h"
#include "provnet/v1/sample.pb.h"

namespace provnet {

// The pixels of a stored sample in the size of the network's input, [channels, height, width]
// row-major, 0..255: a UINT8 tensor's own bytes, a FLOAT32 tensor times 255, or a PNG or JPEG,
// decoded and resized. INVALID_ARGUMENT says why it is no such image.
absl::StatusOr<std::vector<uint8_t>> RecordPixels(const v1::SampleRecord& record,
                                                  const v1::InputSpec& input);

}  // namespace provnet

#endif  // PROVNET_TRAINER_AUDIT_RECORD_PIXELS_H_
