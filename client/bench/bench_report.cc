#include "client/bench/bench_report.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace provnet {
namespace {

std::string Milliseconds(absl::Duration duration) {
  return absl::StrFormat("%.3f ms", absl::ToDoubleMilliseconds(duration));
}

std::optional<double> PerRequest(absl::Duration total, uint64_t requests) {
  if (requests == 0) return std::nullopt;
  return absl::ToDoubleSeconds(total) / static_cast<double>(requests);
}

std::string Cost(absl::string_view who, std::optional<double> cpu_seconds_per_request) {
  if (!cpu_seconds_per_request.has_value()) return "";
  return absl::StrFormat("%-12s%.3f ms CPU per request\n", who, *cpu_seconds_per_request * 1e3);
}

nlohmann::ordered_json SummaryJson(const LatencySummary& summary) {
  return {{"count", summary.count},
          {"mean", absl::ToDoubleSeconds(summary.mean)},
          {"p50", absl::ToDoubleSeconds(summary.p50)},
          {"p90", absl::ToDoubleSeconds(summary.p90)},
          {"p99", absl::ToDoubleSeconds(summary.p99)},
          {"p99.9", absl::ToDoubleSeconds(summary.p999)},
          {"max", absl::ToDoubleSeconds(summary.max)}};
}

std::string Line(absl::string_view name, const LatencySummary& summary) {
  return absl::StrFormat("%-12sp50 %s   p90 %s   p99 %s   p99.9 %s   max %s\n", name,
                         Milliseconds(summary.p50), Milliseconds(summary.p90),
                         Milliseconds(summary.p99), Milliseconds(summary.p999),
                         Milliseconds(summary.max));
}

nlohmann::json OrNull(std::optional<double> value) {
  return value.has_value() ? nlohmann::json(*value) : nlohmann::json(nullptr);
}

}  // namespace

uint64_t BenchReport::failed() const {
  uint64_t total = 0;
  for (const auto& [code, count] : failures) total += count;
  return total;
}

double BenchReport::throughput() const {
  return static_cast<double>(succeeded) / absl::ToDoubleSeconds(window);
}

double BenchReport::goodput() const {
  return static_cast<double>(in_time) / absl::ToDoubleSeconds(window);
}

std::optional<double> BenchReport::client_cpu_seconds_per_request() const {
  return PerRequest(client_cpu, succeeded + failed());
}

std::optional<double> BenchReport::server_cpu_seconds_per_request() const {
  if (!server.has_value()) return std::nullopt;
  return PerRequest(server->cpu, succeeded + failed());
}

std::string BenchReportText(const BenchReport& report) {
  std::string text = report.loop == "open"
                         ? absl::StrFormat("open loop   %g requests/s offered", report.rate)
                         : absl::StrFormat("closed loop %d callers", report.concurrency);
  if (report.streams > 0) absl::StrAppendFormat(&text, " in %d streams", report.streams);
  absl::StrAppendFormat(&text, " over %d connection%s for %s\n", report.channels,
                        report.channels == 1 ? "" : "s", absl::FormatDuration(report.window));
  absl::StrAppendFormat(&text, "throughput  %.1f requests/s (%d answered, %d failed)\n",
                        report.throughput(), report.succeeded, report.failed());
  absl::StrAppend(&text, Line("latency", report.latency));
  if (report.loop == "open") {
    absl::StrAppendFormat(&text, "in time     %.1f requests/s within %s\n", report.goodput(),
                          absl::FormatDuration(report.deadline));
    if (report.held_back > 0) {
      absl::StrAppendFormat(&text, "held back   %d of %d requests\n", report.held_back,
                            report.offered);
    }
    absl::StrAppend(&text, Line("driver lag", report.send_lag));
  }
  if (report.refusal_latency.count > 0)
    absl::StrAppend(&text, Line("refusals", report.refusal_latency));
  for (const auto& [code, count] : report.failures) {
    absl::StrAppendFormat(&text, "failed      %s: %d\n", absl::StatusCodeToString(code), count);
  }
  absl::StrAppend(&text, Cost("server", report.server_cpu_seconds_per_request()));
  if (report.server.has_value()) {
    absl::StrAppendFormat(&text, "%-12s%.1f MiB resident\n", "",
                          static_cast<double>(report.server->rss_bytes) / (1 << 20));
  }
  absl::StrAppend(&text, Cost("driver", report.client_cpu_seconds_per_request()));
  return text;
}

std::string BenchReportJson(const BenchReport& report) {
  nlohmann::ordered_json json = {
      {"loop", report.loop},
      {"concurrency", report.concurrency},
      {"offered_requests_per_second", report.rate},
      {"streams", report.streams},
      {"channels", report.channels},
      {"window_seconds", absl::ToDoubleSeconds(report.window)},
      {"requests_succeeded", report.succeeded},
      {"requests_failed", report.failed()},
      {"throughput_per_second", report.throughput()},
      {"response_bytes", report.response_bytes},
      {"deadline_seconds", absl::ToDoubleSeconds(report.deadline)},
      {"requests_offered", report.offered},
      {"requests_held_back", report.held_back},
      {"requests_in_time", report.in_time},
      {"goodput_per_second", report.goodput()},
      {"latency_seconds", SummaryJson(report.latency)},
      {"refusal_latency_seconds", SummaryJson(report.refusal_latency)},
      {"send_lag_seconds", SummaryJson(report.send_lag)},
  };
  json["failures_by_code"] = nlohmann::ordered_json::object();
  for (const auto& [code, count] : report.failures)
    json["failures_by_code"][absl::StatusCodeToString(code)] = count;
  json["client_cpu_seconds_per_request"] = OrNull(report.client_cpu_seconds_per_request());
  json["server_cpu_seconds_per_request"] = OrNull(report.server_cpu_seconds_per_request());
  json["server_rss_bytes"] =
      report.server.has_value() ? nlohmann::ordered_json(report.server->rss_bytes) : nullptr;
  json["server_requests_run"] =
      report.server.has_value() ? nlohmann::ordered_json(report.server->requests_run) : nullptr;
  json["server_requests_late"] =
      report.server.has_value() ? nlohmann::ordered_json(report.server->requests_late) : nullptr;
  return json.dump(2) + "\n";
}

}  // namespace provnet
