#include "server/model/mapped_memory.h"

#include <ATen/ATen.h>
#include <c10/core/CPUAllocator.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <thread>

namespace provnet {
namespace {

constexpr auto kLeast = static_cast<int64_t>(MappedMemoryScope::kLeastBytes);

at::Tensor Bytes(int64_t count) { return at::ones({count}, at::kByte); }

TEST(MappedMemoryTest, LargeTensorsOfAScopeAreMappedUntilTheyAreFreed) {
  at::Tensor small, large, huge;
  {
    const MappedMemoryScope scope;
    small = Bytes(kLeast - 1);
    EXPECT_EQ(MappedMemoryScope::MappedBytes(), 0U);
    large = Bytes(kLeast);
    EXPECT_EQ(MappedMemoryScope::MappedBytes(), MappedMemoryScope::kLeastBytes);
    // A whole page, and more huge pages than one.
    huge = Bytes(5 * kLeast + 1);
  }
  EXPECT_EQ(MappedMemoryScope::MappedBytes(), 6 * MappedMemoryScope::kLeastBytes + 4096);
  const at::Tensor after = Bytes(kLeast);
  EXPECT_EQ(MappedMemoryScope::MappedBytes(), 6 * MappedMemoryScope::kLeastBytes + 4096);
  for (const at::Tensor& tensor : {small, large, huge, after}) {
    EXPECT_EQ(tensor.sum().item<int64_t>(), tensor.numel());
    EXPECT_EQ(reinterpret_cast<uintptr_t>(tensor.data_ptr()) % 64, 0U);
  }
  large.reset();
  EXPECT_EQ(MappedMemoryScope::MappedBytes(), 5 * MappedMemoryScope::kLeastBytes + 4096);
  std::thread([&huge] { huge.reset(); }).join();
  EXPECT_EQ(MappedMemoryScope::MappedBytes(), 0U);
}

TEST(MappedMemoryTest, ScopesAreOfTheirThreadAndMayBeNested) {
  const MappedMemoryScope scope;
  std::thread([] {
    const at::Tensor heap = Bytes(kLeast);
    EXPECT_EQ(MappedMemoryScope::MappedBytes(), 0U);
  }).join();
  { const MappedMemoryScope inner; }
  const at::Tensor mapped = Bytes(kLeast);
  EXPECT_EQ(MappedMemoryScope::MappedBytes(), MappedMemoryScope::kLeastBytes);
}

// As oneDNN allocates: without what remembers how to free.
TEST(MappedMemoryTest, RawMemoryOfEitherKindIsFreed) {
  void* mapped = nullptr;
  {
    const MappedMemoryScope scope;
    mapped = c10::GetCPUAllocator()->raw_allocate(MappedMemoryScope::kLeastBytes);
  }
  void* heap = c10::GetCPUAllocator()->raw_allocate(MappedMemoryScope::kLeastBytes);
  EXPECT_EQ(MappedMemoryScope::MappedBytes(), MappedMemoryScope::kLeastBytes);
  c10::GetCPUAllocator()->raw_deallocate(heap);
  c10::GetCPUAllocator()->raw_deallocate(mapped);
  EXPECT_EQ(MappedMemoryScope::MappedBytes(), 0U);
  // What LibTorch's own one gave away before the first scope is freed as well.
  c10::Allocator& own = *c10::GetDefaultCPUAllocator();
  c10::GetCPUAllocator()->raw_deallocate(own.raw_allocate(64));
}

}  // namespace
}  // namespace provnet
