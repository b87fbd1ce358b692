#ifndef PROVNET_CLIENT_BENCH_REQUEST_CYCLE_H_
#define PROVNET_CLIENT_BENCH_REQUEST_CYCLE_H_

#include <grpcpp/support/byte_buffer.h>

#include <atomic>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "provnet/v1/provenance_service.pb.h"

namespace provnet {

// Requests that are serialised once and sent in turn, over and over. Thread-safe.
class RequestCycle {
 public:
  // `requests` isn't empty, and not needed afterwards.
  explicit RequestCycle(absl::Span<const v1::ExplainRequest> requests) {
    for (const v1::ExplainRequest& request : requests) {
      const std::string bytes = request.SerializeAsString();
      const grpc::Slice slice(bytes);
      serialized_.emplace_back(&slice, 1);
    }
  }

  struct Turn {
    size_t number;
    const grpc::ByteBuffer& bytes;
  };
  // The next request; its bytes live as long as this object.
  Turn Next() {
    const size_t number = turn_.fetch_add(1, std::memory_order_relaxed);
    return {number, serialized_[number % serialized_.size()]};
  }

 private:
  std::vector<grpc::ByteBuffer> serialized_;
  std::atomic<size_t> turn_ = 0;
};

}  // namespace provnet

#endif  // PROVNET_CLIENT_BENCH_REQUEST_CYCLE_H_
