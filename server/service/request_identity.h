#ifndef PROVNET_SERVER_SERVICE_REQUEST_IDENTITY_H_
#define PROVNET_SERVER_SERVICE_REQUEST_IDENTITY_H_

#include <optional>
#include <string>

#include "storage/base/trace_context.h"

namespace provnet {

// What a request is called, in the log and by its caller.
struct RequestIdentity {
  std::string id;
  // Where it is part of a trace, the caller's or one that begins here: its place there.
  struct Trace {
    TraceContext own;
    // Empty where the trace begins here.
    std::string parent_span_id;
  };
  std::optional<Trace> trace = std::nullopt;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_REQUEST_IDENTITY_H_
