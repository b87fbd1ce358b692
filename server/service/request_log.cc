#include "server/service/request_log.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace provnet {
namespace {

using Json = nlohmann::json;

}  // namespace

void RequestLog::Finished(Rpc rpc, const RequestIdentity& identity, std::optional<uint64_t> number,
                          const absl::Status& status, absl::Duration took) {
  const LogLevel level = status.ok() ? LogLevel::kDebug : LogLevel::kWarning;
  if (!log_.Enabled(level)) return;
  uint64_t suppressed = 0;
  if (!status.ok() && !Admit(suppressed)) return;
  const std::string id = number.has_value() ? absl::StrCat(identity.id, "#", *number) : identity.id;
  const RequestIdentity::Trace* const trace = identity.trace ? &*identity.trace : nullptr;
  log_.Write(level, status.ok() ? "request" : "request failed",
             {{"request_id", id},
              {"trace_id", trace ? Json(trace->own.trace_id) : Json()},
              {"span_id", trace ? Json(trace->own.span_id) : Json()},
              {"parent_span_id",
               trace && !trace->parent_span_id.empty() ? Json(trace->parent_span_id) : Json()},
              {"rpc", std::string(RpcName(rpc))},
              {"code", absl::StatusCodeToString(status.code())},
              {"milliseconds", absl::ToDoubleMilliseconds(took)},
              {"message", std::string(status.message().substr(0, 512))},
              {"similar_lines_left_out", suppressed}});
}

bool RequestLog::Admit(uint64_t& suppressed) {
  const absl::Duration now = clock_.Monotonic();
  const MutexLock lock(mutex_);
  if (now - window_start_ >= absl::Seconds(1)) {
    window_start_ = now;
    written_ = 0;
  }
  if (written_ >= max_failures_per_second_) {
    ++suppressed_;
    return false;
  }
  ++written_;
  suppressed = std::exchange(suppressed_, 0);
  return true;
}

}  // namespace provnet
