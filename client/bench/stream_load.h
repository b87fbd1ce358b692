#ifndef PROVNET_CLIENT_BENCH_STREAM_LOAD_H_
#define PROVNET_CLIENT_BENCH_STREAM_LOAD_H_

#include <grpcpp/generic/generic_stub.h>

#include <memory>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "client/bench/load_counters.h"
#include "client/bench/load_options.h"
#include "client/bench/pause.h"
#include "client/bench/request_cycle.h"
#include "storage/base/mutex.h"

namespace provnet {

// Sends requests over ExplainStream calls, in a closed loop, and counts how they end. Of
// options.concurrency requests each of options.streams calls has its share unanswered at a time. A
// call that ends early fails what it had under way, and after a pause another takes its place. The
// destructor waits for every call.
class StreamLoad {
 public:
  // `options` and `counters` outlive this object.
  StreamLoad(const LoadOptions& options, absl::Span<const v1::ExplainRequest> requests,
             LoadCounters& counters);
  ~StreamLoad();

  // Sends until `end`. Call once.
  void Start(absl::Duration end);

 private:
  class Stream;

  // Opens call `number`.
  void Open(size_t number);
  // Call `number` has ended like this.
  void Ended(size_t number, const grpc::Status& status);

  const LoadOptions& options_;
  const Clock& clock_;
  LoadCounters& counters_;
  std::vector<std::unique_ptr<grpc::GenericStub>> stubs_;
  RequestCycle requests_;
  absl::Duration end_;
  // By call.
  std::vector<Pause> pauses_;

  Mutex mutex_;
  CondVar ended_;
  size_t open_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace provnet

#endif  // PROVNET_CLIENT_BENCH_STREAM_LOAD_H_
