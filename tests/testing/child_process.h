#ifndef PROVNET_TESTS_TESTING_CHILD_PROCESS_H_
#define PROVNET_TESTS_TESTING_CHILD_PROCESS_H_

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace provnet {

// A real program run as a child; its standard output and error go to files. Killed and reaped when
// destroyed. Not thread-safe, except Signal.
class ChildProcess {
 public:
  // `command` is the program's path and its arguments. Both streams go to `log` unless `output` is
  // given for stdout.
  ChildProcess(const std::vector<std::string>& command, const std::filesystem::path& log,
               const std::filesystem::path& output = {});
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t pid() const { return pid_; }
  void Signal(int number) const;
  // Blocks until the child ends. The exit status, or 128 + the signal that ended it.
  int Wait();
  // Whether the child still runs; reaps it when not.
  bool Running();
  // What it has written to its log so far.
  std::string Log() const;

 private:
  const std::filesystem::path log_;
  pid_t pid_ = -1;
  int exit_code_ = -1;
  bool reaped_ = false;
};

// The folder of the programs that this build made.
std::filesystem::path BinaryDirectory();

}  // namespace provnet

#endif  // PROVNET_TESTS_TESTING_CHILD_PROCESS_H_
