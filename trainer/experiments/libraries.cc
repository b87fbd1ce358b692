#include "trainer/experiments/libraries.h"

#include <ATen/Version.h>
#include <torch/version.h>

namespace provnet {

std::map<std::string, std::string> LibraryVersions() {
  return {{"LibTorch", TORCH_VERSION},
          {"oneDNN", at::get_mkldnn_version()},
          {"OpenMP", at::get_openmp_version()}};
}

}  // namespace provnet
