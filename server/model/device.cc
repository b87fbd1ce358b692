#include "server/model/device.h"

#include <torch/torch.h>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace provnet {
namespace {

absl::StatusOr<int> CudaIndex(absl::string_view name) {
  if (name == "cuda") return 0;
  absl::string_view number = name;
  int index = -1;
  if (absl::ConsumePrefix(&number, "cuda:") && absl::SimpleAtoi(number, &index) && index >= 0 &&
      index < 128) {
    return index;
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "device \"", name, "\" is not known; expected auto, cpu, cuda or cuda:<number>"));
}

int CudaDeviceCount() {
  return torch::cuda::is_available() ? static_cast<int>(torch::cuda::device_count()) : 0;
}

}  // namespace

absl::StatusOr<c10::Device> ResolveDevice(absl::string_view name) {
  if (name == "cpu") return c10::Device(c10::kCPU);
  if (name == "auto") {
    return CudaDeviceCount() > 0 ? c10::Device(c10::kCUDA, 0) : c10::Device(c10::kCPU);
  }
  const absl::StatusOr<int> index = CudaIndex(name);
  if (!index.ok()) return index.status();
  if (*index >= CudaDeviceCount()) {
    return absl::FailedPreconditionError(absl::StrCat("device \"", name,
                                                      "\" is not there: this LibTorch sees ",
                                                      CudaDeviceCount(), " CUDA devices"));
  }
  return c10::Device(c10::kCUDA, static_cast<c10::DeviceIndex>(*index));
}

}  // namespace provnet
