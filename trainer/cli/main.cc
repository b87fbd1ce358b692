// provnet-train: trains provenance networks and publishes them to a model repository.
#include "server/model/library_environment.h"
#include "trainer/cli/command.h"

int main(int argc, char** argv) {
  provnet::FitLibraryEnvironment(argv);
  return provnet::RunProvnetTrain(std::vector<std::string>(argv, argv + argc));
}
