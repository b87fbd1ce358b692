#ifndef PROVNET_SERVER_SERVICE_GRPC_LOG_H_
#define PROVNET_SERVER_SERVICE_GRPC_LOG_H_

#include "server/service/structured_log.h"
#include "storage/base/clock.h"

namespace provnet {

// While it lives, what the gRPC library logs goes to the server's log instead of standard error.
//
// Its errors, such as a handshake that failed, are warnings: any stranger can cause them, so at
// most kMaxErrors of a kPause are written, and the next one says how many were not. An assertion
// that failed, which ends the process, is written whatever was before. More than errors it logs
// only where GRPC_VERBOSITY asks for it; all of that is written.
//
// One at a time in a process.
class GrpcLog {
 public:
  static constexpr absl::Duration kPause = absl::Seconds(10);
  static constexpr int kMaxErrors = 5;

  // Both outlive this.
  GrpcLog(const StructuredLog& log, const Clock& clock);
  ~GrpcLog();
  GrpcLog(const GrpcLog&) = delete;
  GrpcLog& operator=(const GrpcLog&) = delete;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_GRPC_LOG_H_
