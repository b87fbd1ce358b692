#include "server/metrics/process_metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace provnet {
namespace {

std::string ReadProcFile(const char* path) {
  std::ifstream file(path);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

double CpuSeconds() {
  rusage usage;
  if (getrusage(RUSAGE_SELF, &usage) != 0) return 0;
  const auto seconds = [](const timeval& t) { return t.tv_sec + t.tv_usec * 1e-6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// The fields of /proc/self/stat behind the command name, which may itself hold spaces; [0] is the
// state, field 3 in the numbering of proc(5).
std::vector<std::string> StatFields() {
  const std::string stat = ReadProcFile("/proc/self/stat");
  const size_t command_end = stat.rfind(')');
  if (command_end == std::string::npos || command_end + 2 > stat.size()) return {};
  return absl::StrSplit(stat.substr(command_end + 2), ' ');
}

double StatField(const std::vector<std::string>& fields, size_t proc_number) {
  double value = 0;
  const size_t position = proc_number - 3;
  if (position >= fields.size() || !absl::SimpleAtod(fields[position], &value)) return 0;
  return value;
}

// Seconds since 1970 at which the machine booted.
double BootTime() {
  for (absl::string_view line : absl::StrSplit(ReadProcFile("/proc/stat"), '\n')) {
    double seconds = 0;
    if (line.substr(0, 6) == "btime " && absl::SimpleAtod(line.substr(6), &seconds)) return seconds;
  }
  return 0;
}

double OpenFiles() {
  std::error_code error;
  const std::filesystem::directory_iterator files("/proc/self/fd", error);
  return error ? 0 : static_cast<double>(std::distance(begin(files), end(files)));
}

prometheus::MetricFamily Family(const char* name, const char* help, prometheus::MetricType type,
                                double value) {
  prometheus::MetricFamily family;
  family.name = name;
  family.help = help;
  family.type = type;
  prometheus::ClientMetric& metric = family.metric.emplace_back();
  metric.gauge.value = value;
  metric.counter.value = value;
  return family;
}

}  // namespace

std::vector<prometheus::MetricFamily> ProcessMetrics::Collect() const {
  const std::vector<std::string> stat = StatFields();
  const auto page_bytes = static_cast<double>(sysconf(_SC_PAGESIZE));
  const auto ticks_per_second = static_cast<double>(sysconf(_SC_CLK_TCK));
  constexpr auto kGauge = prometheus::MetricType::Gauge;
  return {
      Family("process_cpu_seconds_total", "User and system CPU time spent, in seconds.",
             prometheus::MetricType::Counter, CpuSeconds()),
      Family("process_resident_memory_bytes", "Resident memory, in bytes.", kGauge,
             StatField(stat, 24) * page_bytes),
      Family("process_start_time_seconds", "Start of the process, in seconds since 1970.", kGauge,
             BootTime() + StatField(stat, 22) / ticks_per_second),
      Family("process_threads", "Threads of the process.", kGauge, StatField(stat, 20)),
      Family("process_open_fds", "Open file descriptors.", kGauge, OpenFiles()),
  };
}

}  // namespace provnet
