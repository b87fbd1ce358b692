#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "client/cli/command.h"

int main(int argc, char** argv) {
  // A reader that goes away (| head) shows as a failed write.
  std::signal(SIGPIPE, SIG_DFL);
  std::ios::sync_with_stdio(false);
  // gRPC writes each of a call's failed attempts to standard error, beside the one error that the
  // call ends with. Who wants to see them sets the variable.
  ::setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);
  // Debian builds Abseil with its search for deadlocks, which keeps a graph of all locks, gRPC's
  // too.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  provnet::Console console{std::cin, std::cout, std::cerr, provnet::DetectTerminal()};
  const std::vector<std::string> args(argv + 1, argv + argc);
  const int exit_code = provnet::RunProvnet(args, console);
  std::cout.flush();
  if (!std::cout) {
    std::cerr << "provnet: can't write to standard output\n";
    return provnet::kExitFailed;
  }
  return exit_code;
}
