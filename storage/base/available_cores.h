#ifndef PROVNET_STORAGE_BASE_AVAILABLE_CORES_H_
#define PROVNET_STORAGE_BASE_AVAILABLE_CORES_H_

#include "absl/strings/string_view.h"

namespace provnet {

// Cores that this thread, and those that it starts, may keep busy, at least 1: those that the
// scheduler lets it run on (taskset, a container's cpuset), or fewer where a control group (a
// container's CPU limit) grants less time. std::thread::hardware_concurrency, which counts the
// machine's, makes a process that has fewer run threads that stand in each other's way.
int AvailableCores();

// Cores worth of time that the content of a control group's cpu.max grants, e.g. 2 for "150000
// 100000", rounded up; 0 when it sets no limit ("max 100000") or can't be read.
int CoresFromCpuMax(absl::string_view cpu_max);

}  // namespace provnet

#endif  // PROVNET_STORAGE_BASE_AVAILABLE_CORES_H_
