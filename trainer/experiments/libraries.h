#ifndef PROVNET_TRAINER_EXPERIMENTS_LIBRARIES_H_
#define PROVNET_TRAINER_EXPERIMENTS_LIBRARIES_H_

#include <map>
#include <string>

namespace provnet {

// Versions of LibTorch and what it calculates with, by name.
std::map<std::string, std::string> LibraryVersions();

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPERIMENTS_LIBRARIES_H_
