#include "server/service/structured_log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <array>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace provnet {
namespace {

constexpr std::array<absl::string_view, 4> kLevelNames = {"debug", "info", "warning", "error"};

absl::string_view LevelName(LogLevel level) { return kLevelNames[static_cast<size_t>(level)]; }

std::string Now() {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::Now(), absl::UTCTimeZone());
}

std::string Dump(const nlohmann::ordered_json& value) {
  return value.dump(-1, ' ', /*ensure_ascii=*/false,
                    nlohmann::ordered_json::error_handler_t::replace);
}

std::string JsonLine(LogLevel level, absl::string_view event, StructuredLog::Fields fields) {
  nlohmann::ordered_json line;
  line["time"] = Now();
  line["level"] = std::string(LevelName(level));
  line["event"] = std::string(event);
  for (const auto& [name, value] : fields) {
    if (!value.is_null()) line[std::string(name)] = value;
  }
  return Dump(line);
}

std::string TextLine(LogLevel level, absl::string_view event, StructuredLog::Fields fields) {
  std::string line = absl::StrCat(Now(), " ", LevelName(level), " ", event);
  // Strings are quoted and escaped as in JSON.
  for (const auto& [name, value] : fields) {
    if (!value.is_null()) absl::StrAppend(&line, " ", name, "=", Dump(value));
  }
  return line;
}

}  // namespace

absl::StatusOr<LogLevel> ParseLogLevel(absl::string_view name) {
  for (size_t i = 0; i < kLevelNames.size(); ++i) {
    if (name == kLevelNames[i]) return static_cast<LogLevel>(i);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("log level is \"", name, "\", expected debug, info, warning or error"));
}

absl::StatusOr<LogFormat> ParseLogFormat(absl::string_view name) {
  if (name == "json") return LogFormat::kJson;
  if (name == "text") return LogFormat::kText;
  return absl::InvalidArgumentError(
      absl::StrCat("log format is \"", name, "\", expected json or text"));
}

StructuredLog::StructuredLog(std::shared_ptr<spdlog::logger> logger, LogFormat format,
                             LogLevel level)
    : logger_(std::move(logger)), format_(format), level_(level) {
  logger_->set_pattern("%v");
  // Levels are decided here, once.
  logger_->set_level(spdlog::level::trace);
  logger_->flush_on(spdlog::level::trace);
}

StructuredLog StructuredLog::ToStderr(LogFormat format, LogLevel level) {
  auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  return StructuredLog(std::make_shared<spdlog::logger>("provnet", std::move(sink)), format, level);
}

StructuredLog StructuredLog::ToStream(std::ostream& stream, LogFormat format, LogLevel level) {
  auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(stream);
  return StructuredLog(std::make_shared<spdlog::logger>("provnet", std::move(sink)), format, level);
}

bool StructuredLog::Enabled(LogLevel level) const { return level >= level_; }

void StructuredLog::Write(LogLevel level, absl::string_view event, Fields fields) const {
  if (!Enabled(level)) return;
  logger_->log(spdlog::level::info, format_ == LogFormat::kJson ? JsonLine(level, event, fields)
                                                                : TextLine(level, event, fields));
}

}  // namespace provnet
