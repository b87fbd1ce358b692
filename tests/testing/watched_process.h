#ifndef PROVNET_TESTS_TESTING_WATCHED_PROCESS_H_
#define PROVNET_TESTS_TESTING_WATCHED_PROCESS_H_

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/testing/child_process.h"
#include "tests/testing/temp_dir.h"

namespace provnet {

// A program whose output can be waited for: it comes through a named pipe.
class WatchedProcess {
 public:
  explicit WatchedProcess(const std::vector<std::string>& command)
      : pipe_(MakePipe(folder_ / "log")), child_(command, folder_ / "log") {
    // Opened without blocking, before there was a writer; reading shall block.
    fcntl(pipe_, F_SETFL, 0);
  }
  ~WatchedProcess() { close(pipe_); }

  ChildProcess& child() { return child_; }
  const std::string& output() const { return output_; }

  // Reads until the output holds `text`; false when it ended without.
  bool WaitFor(const std::string& text) {
    while (output_.find(text) == std::string::npos) {
      if (!ReadSome()) return false;
    }
    return true;
  }
  int WaitForEnd() {
    while (ReadSome()) {
    }
    return child_.Wait();
  }

 private:
  static int MakePipe(const std::filesystem::path& path) {
    mkfifo(path.c_str(), 0600);
    return open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  }
  bool ReadSome() {
    char buffer[512];
    const ssize_t count = read(pipe_, buffer, sizeof(buffer));
    if (count > 0) output_.append(buffer, static_cast<size_t>(count));
    return count > 0;
  }

  const TempDir folder_;
  const int pipe_;
  ChildProcess child_;
  std::string output_;
};

}  // namespace provnet

#endif  // PROVNET_TESTS_TESTING_WATCHED_PROCESS_H_
