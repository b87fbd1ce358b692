#ifndef PROVNET_TESTS_TESTING_FILE_SIZE_LIMIT_H_
#define PROVNET_TESTS_TESTING_FILE_SIZE_LIMIT_H_

#include <sys/resource.h>

#include <csignal>

namespace provnet {

// While it lives, no file of this process may grow beyond `bytes`: a write that starts below gets
// as far as that, and the next one fails, as on a full disk.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  void (*const handler_)(int) = std::signal(SIGXFSZ, SIG_IGN);
  rlimit before_;
};

}  // namespace provnet

#endif  // PROVNET_TESTS_TESTING_FILE_SIZE_LIMIT_H_
