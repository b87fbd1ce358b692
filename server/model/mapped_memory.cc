#include "server/model/mapped_memory.h"

#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <sys/mman.h>
#include <torch/version.h>

#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "storage/base/mutex.h"

// Allocators got a state in LibTorch 2.
#if TORCH_VERSION_MAJOR >= 2
#define PROVNET_ALLOCATE_CONST
#else
#define PROVNET_ALLOCATE_CONST const
#endif

namespace provnet {
namespace {

constexpr size_t kHugePageBytes = size_t{2} << 20;

thread_local int scopes = 0;

// A whole number of huge pages, and the part of the next that is needed: null where there is no
// memory.
void* Map(size_t bytes) {
  const size_t spare = bytes >= kHugePageBytes ? kHugePageBytes : 0;
  void* mapping =
      mmap(nullptr, bytes + spare, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapping == MAP_FAILED) return nullptr;
  if (spare == 0) return mapping;
  const uintptr_t first = reinterpret_cast<uintptr_t>(mapping);
  const uintptr_t aligned = (first + spare - 1) / spare * spare;
  char* data = static_cast<char*>(mapping) + (aligned - first);
  if (aligned != first) munmap(mapping, aligned - first);
  if (aligned != first + spare) munmap(data + bytes, first + spare - aligned);
  // Best effort: small pages serve as well.
  madvise(data, bytes, MADV_HUGEPAGE);
  return data;
}

// LibTorch's own allocator, and mappings where a scope asks for them.
class MappingAllocator final : public c10::Allocator {
 public:
  // Never destroyed: tensors may be freed late.
  static MappingAllocator& Get() {
    static MappingAllocator& allocator = *new MappingAllocator();
    return allocator;
  }

  c10::DataPtr allocate(size_t bytes) PROVNET_ALLOCATE_CONST override {
    if (scopes == 0 || bytes < MappedMemoryScope::kLeastBytes) return heap_->allocate(bytes);
    const size_t pages = (bytes + kPageBytes - 1) / kPageBytes * kPageBytes;
    void* data = Map(pages);
    // It says what LibTorch says.
    if (data == nullptr) return heap_->allocate(bytes);
    const MutexLock lock(mutex_);
    mappings_[data] = pages;
    mapped_bytes_ += pages;
    return {data, data, &Free, c10::Device(c10::DeviceType::CPU)};
  }

  c10::DeleterFnPtr raw_deleter() const override { return &Free; }

#if TORCH_VERSION_MAJOR >= 2
  void copy_data(void* to, const void* from, std::size_t bytes) const override {
    default_copy_data(to, from, bytes);
  }
#endif

  size_t mapped_bytes() const {
    const MutexLock lock(mutex_);
    return mapped_bytes_;
  }

 private:
  static constexpr size_t kPageBytes = 4096;

  static void Free(void* data) { Get().Release(data); }

  void Release(void* data) {
    size_t bytes = 0;
    {
      const MutexLock lock(mutex_);
      const auto mapping = mappings_.find(data);
      if (mapping != mappings_.end()) {
        bytes = mapping->second;
        mapped_bytes_ -= bytes;
        mappings_.erase(mapping);
      }
    }
    if (bytes > 0) {
      munmap(data, bytes);
    } else {
      heap_->raw_deallocate(data);
    }
  }

  c10::Allocator* const heap_ = c10::GetDefaultCPUAllocator();
  mutable Mutex mutex_;
  mutable absl::flat_hash_map<void*, size_t> mappings_ ABSL_GUARDED_BY(mutex_);
  mutable size_t mapped_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace

MappedMemoryScope::MappedMemoryScope() {
  static const bool installed = [] {
    c10::SetCPUAllocator(&MappingAllocator::Get());
    return true;
  }();
  (void)installed;
  ++scopes;
}

MappedMemoryScope::~MappedMemoryScope() { --scopes; }

size_t MappedMemoryScope::MappedBytes() { return MappingAllocator::Get().mapped_bytes(); }

}  // namespace provnet
