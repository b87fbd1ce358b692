#include "storage/base/available_cores.h"

#include <sched.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace provnet {
namespace {

int ScheduledCores() {
  cpu_set_t cores;
  // Fails on machines of more cores than a cpu_set_t has room for.
  if (sched_getaffinity(0, sizeof(cores), &cores) == 0) return CPU_COUNT(&cores);
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace

int CoresFromCpuMax(absl::string_view cpu_max) {
  const std::vector<std::string> fields = absl::StrSplit(absl::StripAsciiWhitespace(cpu_max), ' ');
  double quota = 0;
  double period = 0;
  if (fields.size() != 2 || !absl::SimpleAtod(fields[0], &quota) ||
      !absl::SimpleAtod(fields[1], &period) || quota <= 0 || period <= 0) {
    return 0;
  }
  return static_cast<int>(std::ceil(quota / period));
}

int AvailableCores() {
  const int scheduled = ScheduledCores();
  std::ifstream file("/sys/fs/cgroup/cpu.max");
  const std::string cpu_max(std::istreambuf_iterator<char>(file), {});
  const int granted = CoresFromCpuMax(cpu_max);
  return granted == 0 ? scheduled : std::min(scheduled, granted);
}

}  // namespace provnet
