#ifndef PROVNET_SERVER_MODEL_DEVICE_H_
#define PROVNET_SERVER_MODEL_DEVICE_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "c10/core/Device.h"

namespace provnet {

// "cpu", "cuda" (device 0), "cuda:<n>" or "auto" (CUDA when this LibTorch has it and a device
// answers, else the CPU). INVALID_ARGUMENT for other names; FAILED_PRECONDITION when a CUDA device
// is asked for that isn't there.
absl::StatusOr<c10::Device> ResolveDevice(absl::string_view name);

}  // namespace provnet

#endif  // PROVNET_SERVER_MODEL_DEVICE_H_
