#ifndef PROVNET_SERVER_SERVICE_EXEMPLAR_READER_H_
#define PROVNET_SERVER_SERVICE_EXEMPLAR_READER_H_

#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "provnet/v1/provenance_service.pb.h"
#include "server/batching/batch_queue.h"
#include "server/engine/servable.h"
#include "server/service/request_limits.h"

namespace provnet {

// INVALID_ARGUMENT (none or too many indices, with the bound) or NOT_FOUND (the first index that is
// N or above).
absl::Status CheckExemplarsRequest(const v1::GetExemplarsRequest& request, const Servable& servable,
                                   const RequestLimits& limits);

// Reads the samples of a checked request. DATA_LOSS names the index that can't be read;
// RESOURCE_EXHAUSTED when their contents exceed limits.max_content_bytes. Blocks on the disk; reads
// in chunks, so that a refusal costs little memory.
absl::StatusOr<v1::GetExemplarsResponse> ReadExemplars(const v1::GetExemplarsRequest& request,
                                                       const Servable& servable,
                                                       const RequestLimits& limits);

// Runs reads, and what else waits for the disk, on threads of its own, so that it never blocks
// gRPC's. Thread-safe.
class ExemplarReader {
 public:
  struct Options {
    int threads = 2;
    // Reads that wait; more are refused.
    size_t max_waiting = 256;
  };

  // Called once on a reader's thread: OK means go ahead, else the read was cancelled or expired
  // while waiting.
  using Work = std::function<void(absl::Status)>;

  // `clock` outlives the reader.
  static absl::StatusOr<std::unique_ptr<ExemplarReader>> Create(const Options& options,
                                                                const Clock& clock);
  ~ExemplarReader();

  // As BatchQueue::Enqueue; on an error `work` is not called. `token` lives until it has been
  // called.
  absl::Status Submit(const CancelToken& token, absl::Duration deadline, Work work);

  // Refuses new reads, runs those that wait.
  void Drain() { queue_->Drain(); }

 private:
  class SilentProbe;

  ExemplarReader();

  std::unique_ptr<SilentProbe> probe_;
  std::unique_ptr<BatchQueue> queue_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_EXEMPLAR_READER_H_
