#include "server/service/grpc_log.h"

#include <grpc/support/log.h>

#include <cstdint>
#include <filesystem>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "storage/base/mutex.h"

namespace provnet {
namespace {

// Where the library's lines go. It calls a plain function, from threads that outlive every scope.
class Route {
 public:
  void Open(const StructuredLog* log, const Clock* clock) {
    const MutexLock lock(mutex_);
    log_ = log;
    clock_ = clock;
    errors_ = left_out_ = 0;
  }

  void Write(const gpr_log_func_args& line) {
    const MutexLock lock(mutex_);
    if (log_ == nullptr) return;
    if (line.severity != GPR_LOG_SEVERITY_ERROR) return WriteAs(LogLevel::kInfo, line, 0);
    if (absl::StartsWith(line.message, "assertion failed"))
      return WriteAs(LogLevel::kError, line, left_out_);
    if (TakeError()) WriteAs(LogLevel::kWarning, line, std::exchange(left_out_, 0));
  }

 private:
  void WriteAs(LogLevel level, const gpr_log_func_args& line, int64_t left_out)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const std::string source = std::filesystem::path(line.file).filename();
    log_->Write(level, "gRPC",
                {{"message", line.message},
                 {"source", absl::StrCat(source, ":", line.line)},
                 {"left_out", left_out > 0 ? nlohmann::json(left_out) : nullptr}});
  }

  bool TakeError() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const absl::Duration now = clock_->Monotonic();
    if (errors_ == 0 || now - pause_begin_ >= GrpcLog::kPause) {
      pause_begin_ = now;
      errors_ = 0;
    }
    if (errors_ == GrpcLog::kMaxErrors) {
      ++left_out_;
      return false;
    }
    ++errors_;
    return true;
  }

  Mutex mutex_;
  const StructuredLog* log_ ABSL_GUARDED_BY(mutex_) = nullptr;
  const Clock* clock_ ABSL_GUARDED_BY(mutex_) = nullptr;
  absl::Duration pause_begin_ ABSL_GUARDED_BY(mutex_);
  // Written since pause_begin_.
  int errors_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t left_out_ ABSL_GUARDED_BY(mutex_) = 0;
};

Route& TheRoute() {
  // Never destroyed: gRPC's threads may still write.
  static Route& route = *new Route;
  return route;
}

void WriteLine(gpr_log_func_args* line) { TheRoute().Write(*line); }

}  // namespace

GrpcLog::GrpcLog(const StructuredLog& log, const Clock& clock) {
  TheRoute().Open(&log, &clock);
  gpr_set_log_function(WriteLine);
}

GrpcLog::~GrpcLog() {
  gpr_set_log_function(nullptr);
  TheRoute().Open(nullptr, nullptr);
}

}  // namespace provnet
