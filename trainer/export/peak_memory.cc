#include "trainer/export/peak_memory.h"

#include <malloc.h>
#include <sys/resource.h>

#include <fstream>
#include <string>

namespace provnet {
namespace {

uint64_t ProcessPeakBytes() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<uint64_t>(usage.ru_maxrss) * 1024;
}

}  // namespace

PeakMemory::PeakMemory() {
  malloc_trim(0);
  // Resets the meter behind VmHWM, see proc(5); getrusage keeps another one.
  std::ofstream("/proc/self/clear_refs") << "5";
}

uint64_t PeakMemory::bytes() const {
  std::ifstream status("/proc/self/status");
  for (std::string name; status >> name;) {
    uint64_t kibibytes = 0;
    if (name == "VmHWM:" && status >> kibibytes) return kibibytes * 1024;
  }
  return ProcessPeakBytes();
}

}  // namespace provnet
