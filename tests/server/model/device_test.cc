#include "server/model/device.h"

#include <gtest/gtest.h>
#include <torch/cuda.h>
#include <torch/torch.h>

namespace provnet {
namespace {

TEST(ResolveDeviceTest, TakesTheCpuWhereThereIsNoOther) {
  EXPECT_EQ(*ResolveDevice("cpu"), c10::Device(c10::kCPU));
  const bool cuda = torch::cuda::is_available();
  EXPECT_EQ(*ResolveDevice("auto"), cuda ? c10::Device(c10::kCUDA, 0) : c10::Device(c10::kCPU));
}

TEST(ResolveDeviceTest, NamesWhatItCannotUse) {
  for (const char* name : {"", "gpu", "cuda:", "cuda:x", "cuda:-1", "CPU"}) {
    const auto device = ResolveDevice(name);
    EXPECT_EQ(device.status().code(), absl::StatusCode::kInvalidArgument) << name;
    EXPECT_NE(device.status().ToString().find(std::string("\"") + name + "\""), std::string::npos)
        << device.status();
  }
  const auto far = ResolveDevice("cuda:99");
  EXPECT_EQ(far.status().code(), absl::StatusCode::kFailedPrecondition) << far.status();
}

}  // namespace
}  // namespace provnet
