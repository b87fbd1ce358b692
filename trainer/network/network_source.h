#ifndef PROVNET_TRAINER_NETWORK_NETWORK_SOURCE_H_
#define PROVNET_TRAINER_NETWORK_NETWORK_SOURCE_H_

#include <string>

#include "trainer/network/network_spec.h"

namespace provnet {

// The methods of the network as TorchScript source, for torch::jit::Module::define: the only
// definition of what the network computes. It refers to the parameters and buffers that
// ProvenanceNetwork registers.
std::string NetworkSource(const NetworkSpec& spec);

}  // namespace provnet

#endif  // PROVNET_TRAINER_NETWORK_NETWORK_SOURCE_H_
