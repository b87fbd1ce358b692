#ifndef PROVNET_SERVER_TRACING_SPAN_H_
#define PROVNET_SERVER_TRACING_SPAN_H_

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/base/trace_context.h"

namespace provnet {

// A piece of work in a trace that has ended, in the words of OpenTelemetry.
struct Span {
  enum class Kind {
    // The whole of a call, as its server sees it.
    kServer,
    // A part of it.
    kInternal,
  };
  using Value = std::variant<int64_t, double, std::string>;

  TraceContext context;
  // Empty where the trace begins with this.
  std::string parent_span_id;
  std::string name;
  Kind kind = Kind::kInternal;
  absl::Time start;
  absl::Duration took;
  // Whether the server is to blame for the outcome.
  bool failed = false;
  // The names live for ever.
  std::vector<std::pair<absl::string_view, Value>> attributes;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_TRACING_SPAN_H_
