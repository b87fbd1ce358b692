#ifndef PROVNET_CLIENT_BULK_EXPLAIN_H_
#define PROVNET_CLIENT_BULK_EXPLAIN_H_

#include <cstddef>
#include <functional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "client/client_options.h"
#include "client/retry_loop.h"
#include "client/rpc_failure.h"
#include "provnet/v1/provenance_service.grpc.pb.h"

namespace provnet {

// One ExplainAll: passes over what is still unanswered, one stream a pass, until nothing is left or
// another pass is not worth it. Not thread-safe; runs in the caller's thread and, while a pass
// lasts, one that writes.
class BulkExplain {
 public:
  using Result = absl::StatusOr<v1::ExplainResponse>;

  // All references outlive this object.
  BulkExplain(const ClientOptions& options, v1::ProvenanceService::Stub& stub,
              absl::Span<const v1::ExplainRequest> requests, absl::Duration timeout);

  // How to ask for one request outside of a stream; required. Used for the few requests among which
  // one broke the stream by its size.
  void set_explain_alone(
      std::function<Result(const v1::ExplainRequest&, absl::Duration timeout)> explain_alone) {
    explain_alone_ = std::move(explain_alone);
  }

  // Call once. Result i belongs to request i.
  std::vector<Result> Run();

 private:
  // How one stream went.
  struct Pass {
    // The first `answered` of the pending requests had a response; the first `written` were sent.
    size_t answered = 0;
    size_t written = 0;
    // Those of the answered that the server was too busy for, and the longest delay that it asked
    // for.
    std::vector<size_t> refused;
    RpcFailure refusal;
    // How the stream ended; OK when all were answered.
    RpcFailure end;
  };

  void RefuseOversized();
  Pass RunPass();
  void TakeResponse(v1::ExplainStreamResponse& response, Pass& pass);
  // Explains those of `unanswered` that were under way one by one, and takes them out of it.
  void ExplainAlone(size_t under_way, std::vector<size_t>& unanswered);

  const ClientOptions& options_;
  v1::ProvenanceService::Stub& stub_;
  const absl::Span<const v1::ExplainRequest> requests_;
  std::function<Result(const v1::ExplainRequest&, absl::Duration)> explain_alone_;
  RetryLoop loop_;
  std::vector<Result> results_;
  // Positions in requests_ without a final result, in the order in which they are sent.
  std::vector<size_t> pending_;
};

}  // namespace provnet

#endif  // PROVNET_CLIENT_BULK_EXPLAIN_H_
