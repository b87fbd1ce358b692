#include "server/cli/trace_reporter.h"

#include <string>

namespace provnet {
namespace {

constexpr absl::Duration kPause = absl::Minutes(1);

}  // namespace

void TraceReporter::SpansFailed(size_t count, absl::string_view why) {
  metrics_.SpansFailed(count);
  {
    const absl::Duration now = clock_.Monotonic();
    const MutexLock lock(mutex_);
    if (now - warned_at_ < kPause) return;
    warned_at_ = now;
  }
  log_.Write(LogLevel::kWarning, "spans were not exported",
             {{"reason", std::string(why.substr(0, 512))},
              {"effect", "calls are answered as ever; the next such line is a minute away"}});
}

}  // namespace provnet
