#ifndef PROVNET_SERVER_SERVICE_STRUCTURED_LOG_H_
#define PROVNET_SERVER_SERVICE_STRUCTURED_LOG_H_

#include <initializer_list>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace spdlog {
class logger;
}

namespace provnet {

enum class LogLevel { kDebug, kInfo, kWarning, kError };
enum class LogFormat {
  // One JSON object a line: {"time":"2024-05-01T12:00:00.123Z","level":"info","event":"ready",...}.
  kJson,
  // For people: 2024-05-01T12:00:00.123Z info ready grpc_port=8500
  kText,
};

// "debug", "info", "warning" and "error"; "json" and "text". INVALID_ARGUMENT names what there is.
absl::StatusOr<LogLevel> ParseLogLevel(absl::string_view name);
absl::StatusOr<LogFormat> ParseLogFormat(absl::string_view name);

// Events with named values, one line each, whatever bytes the values hold: control characters are
// escaped and invalid UTF-8 is replaced, so that no value can forge a line. A value of null leaves
// its name out. Thread-safe.
//
//   log.Write(LogLevel::kInfo, "model loaded", {{"model", name}, {"seconds", 1.25}});
class StructuredLog {
 public:
  using Fields = std::initializer_list<std::pair<absl::string_view, nlohmann::json>>;

  static StructuredLog ToStderr(LogFormat format, LogLevel level);
  // `stream` outlives the log.
  static StructuredLog ToStream(std::ostream& stream, LogFormat format, LogLevel level);

  // Whether an event of this level is written; lets callers save the cost of its fields.
  bool Enabled(LogLevel level) const;

  void Write(LogLevel level, absl::string_view event, Fields fields) const;

 private:
  StructuredLog(std::shared_ptr<spdlog::logger> logger, LogFormat format, LogLevel level);

  std::shared_ptr<spdlog::logger> logger_;
  LogFormat format_;
  LogLevel level_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_STRUCTURED_LOG_H_
