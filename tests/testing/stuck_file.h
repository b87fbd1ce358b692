#ifndef PROVNET_TESTS_TESTING_STUCK_FILE_H_
#define PROVNET_TESTS_TESTING_STUCK_FILE_H_

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>

#include "storage/base/file_io.h"

namespace provnet {

// A file on a disk that does not answer: who writes to it waits. In truth a pipe that is full.
class StuckFile {
 public:
  explicit StuckFile(const std::filesystem::path& path) {
    EXPECT_EQ(mkfifo(path.c_str(), 0600), 0);
    pipe_ = FileDescriptor(open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
    while (write(pipe_.get(), bytes_.data(), bytes_.size()) > 0) {
    }
    // The last few bytes that a whole piece does not fit in.
    while (write(pipe_.get(), bytes_.data(), 1) > 0) {
    }
  }

  // What waits is written, and a few lines more.
  void Release() {
    while (read(pipe_.get(), bytes_.data(), bytes_.size()) > 0) {
    }
  }

 private:
  std::array<char, 4096> bytes_{};
  FileDescriptor pipe_;
};

}  // namespace provnet

#endif  // PROVNET_TESTS_TESTING_STUCK_FILE_H_
