#ifndef PROVNET_SERVER_BATCHING_AVAILABLE_CORES_H_
#define PROVNET_SERVER_BATCHING_AVAILABLE_CORES_H_

#include "absl/strings/string_view.h"

namespace provnet {

// Cores that this process may keep busy, at least 1: those that the scheduler lets it run on, or
// fewer where a control group (a container's CPU limit) grants less time.
int AvailableCores();

// Cores worth of time that the content of a control group's cpu.max grants, e.g. 2 for "150000
// 100000", rounded up; 0 when it sets no limit ("max 100000") or can't be read.
int CoresFromCpuMax(absl::string_view cpu_max);

}  // namespace provnet

#endif  // PROVNET_SERVER_BATCHING_AVAILABLE_CORES_H_
