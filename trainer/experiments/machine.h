#ifndef PROVNET_TRAINER_EXPERIMENTS_MACHINE_H_
#define PROVNET_TRAINER_EXPERIMENTS_MACHINE_H_

#include <cstdint>
#include <map>
#include <string>

namespace provnet {

// Where figures were measured.
struct Machine {
  // As /proc/cpuinfo names it; "unknown" where it doesn't.
  std::string cpu;
  // Processors that this process may use.
  uint32_t cores = 0;
  uint64_t memory_bytes = 0;
  // E.g. "Linux 6.1.0-13-amd64".
  std::string system;
  std::string compiler;
  // Versions of the libraries that do the arithmetic, by name.
  std::map<std::string, std::string> libraries;
};

// This machine and process, without libraries.
Machine DescribeMachine();

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPERIMENTS_MACHINE_H_
