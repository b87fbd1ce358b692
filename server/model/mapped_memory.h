#ifndef PROVNET_SERVER_MODEL_MAPPED_MEMORY_H_
#define PROVNET_SERVER_MODEL_MAPPED_MEMORY_H_

#include <cstddef>

namespace provnet {

// While it lives, large tensors that LibTorch allocates on this thread in host memory each have a
// mapping of their own, which the system takes back, on whatever thread, the moment they are freed.
// For what lives as long as its model: glibc would cut such tensors out of the memory that requests
// allocate from, and keep the holes that they leave. Mappings lie on huge pages where the system
// has some to give.
//
// The first one in the process replaces LibTorch's allocator of host memory, for good: no other
// thread may be in LibTorch then. Scopes may be nested.
class MappedMemoryScope {
 public:
  // Smaller tensors are allocated as ever.
  static constexpr size_t kLeastBytes = size_t{1} << 20;

  MappedMemoryScope();
  ~MappedMemoryScope();
  MappedMemoryScope(const MappedMemoryScope&) = delete;
  MappedMemoryScope& operator=(const MappedMemoryScope&) = delete;

  // Those of the whole process. Thread-safe.
  static size_t MappedBytes();
};

}  // namespace provnet

#endif  // PROVNET_SERVER_MODEL_MAPPED_MEMORY_H_
