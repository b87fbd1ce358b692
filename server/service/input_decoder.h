#ifndef PROVNET_SERVER_SERVICE_INPUT_DECODER_H_
#define PROVNET_SERVER_SERVICE_INPUT_DECODER_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "provnet/v1/provenance_service.pb.h"
#include "storage/image/image.h"

namespace provnet {

// The input of `request` as the network takes it: [channels, height, width] of `spec` flattened,
// pixels / 255, finite. Images are decoded and resized. INVALID_ARGUMENT names what came and what
// was expected: a missing input, an image that can't be decoded or is too large, a tensor of
// another type, shape or length, the position of a NaN or Inf.
absl::StatusOr<std::vector<float>> DecodeInput(const v1::ExplainRequest& request,
                                               const v1::InputSpec& spec,
                                               const ImageLimits& limits);
absl::StatusOr<std::vector<float>> DecodeInput(const v1::CheckMembershipRequest& request,
                                               const v1::InputSpec& spec,
                                               const ImageLimits& limits);

// A decoded input as uint8 [channels, height, width]; nothing when a value is no whole number of
// 255ths.
std::optional<std::string> ToBytes(const std::vector<float>& input);

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_INPUT_DECODER_H_
