#include "client/bench/server_probe.h"

#include <httplib.h>

#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

absl::StatusOr<double> Metric(absl::string_view exposition, absl::string_view name) {
  for (absl::string_view line : absl::StrSplit(exposition, '\n')) {
    std::pair<absl::string_view, absl::string_view> name_and_value =
        absl::StrSplit(line, absl::MaxSplits(' ', 1));
    double value;
    if (name_and_value.first == name && absl::SimpleAtod(name_and_value.second, &value))
      return value;
  }
  return absl::NotFoundError(absl::StrCat("the server's metrics have no ", name,
                                          "; expected it among what /metrics exposes"));
}

// Over all labels; 0 when there is no such metric.
uint64_t SumOf(absl::string_view exposition, absl::string_view name) {
  double sum = 0;
  for (absl::string_view line : absl::StrSplit(exposition, '\n')) {
    double value;
    if (!absl::ConsumePrefix(&line, name) || !absl::StartsWith(line, "{")) continue;
    if (absl::SimpleAtod(line.substr(line.rfind(' ') + 1), &value)) sum += value;
  }
  return static_cast<uint64_t>(sum);
}

absl::Status NoMetrics(absl::string_view host_port, absl::string_view why) {
  return absl::FailedPreconditionError(absl::StrCat(
      "no metrics at http://", host_port, "/metrics: ", why,
      "; expected --http to be provnet-server's own --http, which is not its --listen"));
}

}  // namespace

absl::StatusOr<ProcessUsage> ParseProcessUsage(absl::string_view exposition) {
  PROVNET_ASSIGN_OR_RETURN(double cpu, Metric(exposition, "process_cpu_seconds_total"));
  PROVNET_ASSIGN_OR_RETURN(double rss, Metric(exposition, "process_resident_memory_bytes"));
  return ProcessUsage{absl::Seconds(cpu), static_cast<uint64_t>(rss),
                      SumOf(exposition, "provnet_batch_size_sum"),
                      SumOf(exposition, "provnet_requests_late_total")};
}

absl::StatusOr<ProcessUsage> ReadProcessUsage(const std::string& host_port) {
  httplib::Client http("http://" + host_port);
  if (!http.is_valid()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--http=", host_port, "; expected HOST:PORT, such as 127.0.0.1:8501"));
  }
  http.set_connection_timeout(2);
  http.set_read_timeout(5);
  httplib::Result result = http.Get("/metrics");
  if (!result) {
    return NoMetrics(
        host_port, result.error() == httplib::Error::Connection
                       ? "nothing listens there"
                       : absl::StrCat("no HTTP answer (", httplib::to_string(result.error()), ")"));
  }
  if (result->status != 200)
    return NoMetrics(host_port, absl::StrCat("HTTP status ", result->status));
  return ParseProcessUsage(result->body);
}

}  // namespace provnet
