#include "client/client_options.h"

#include "absl/random/random.h"

namespace provnet {

double UniformRandom() {
  thread_local absl::InsecureBitGen generator;
  return absl::Uniform<double>(generator, 0.0, 1.0);
}

}  // namespace provnet
