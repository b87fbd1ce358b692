#ifndef PROVNET_TESTS_CLIENT_TEMPORARY_FOLDER_H_
#define PROVNET_TESTS_CLIENT_TEMPORARY_FOLDER_H_

#include <stdlib.h>

#include <filesystem>
#include <string>

namespace provnet {

// A fresh folder that goes away, with all in it, when the test ends.
class TemporaryFolder {
 public:
  TemporaryFolder()
      : path_((std::filesystem::temp_directory_path() / "provnet_client_XXXXXX").string()) {
    if (::mkdtemp(path_.data()) == nullptr) abort();
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace provnet

#endif  // PROVNET_TESTS_CLIENT_TEMPORARY_FOLDER_H_
