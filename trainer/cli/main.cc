// provnet-train: trains provenance networks and publishes them to a model repository.
#include "server/model/blas_kernels.h"
#include "trainer/cli/command.h"

int main(int argc, char** argv) {
  provnet::FitBlasKernels(argv);
  return provnet::RunProvnetTrain(std::vector<std::string>(argv, argv + argc));
}
