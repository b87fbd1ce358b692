#include "server/service/request_log.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace provnet {

void RequestLog::Finished(Rpc rpc, const std::string& request_id, std::optional<uint64_t> number,
                          const absl::Status& status, absl::Duration took) {
  const LogLevel level = status.ok() ? LogLevel::kDebug : LogLevel::kWarning;
  if (!log_.Enabled(level)) return;
  uint64_t suppressed = 0;
  if (!status.ok() && !Admit(suppressed)) return;
  const std::string id = number.has_value() ? absl::StrCat(request_id, "#", *number) : request_id;
  log_.Write(level, status.ok() ? "request" : "request failed",
             {{"request_id", id},
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
