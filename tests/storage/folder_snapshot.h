#ifndef PROVNET_TESTS_STORAGE_FOLDER_SNAPSHOT_H_
#define PROVNET_TESTS_STORAGE_FOLDER_SNAPSHOT_H_

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <tuple>

#include "storage/base/file_io.h"

namespace provnet {

// Contents and times of change of everything below a folder, and of the folder itself, by path.
using FolderSnapshot = std::map<std::string, std::tuple<std::string, int64_t, int64_t>>;

inline FolderSnapshot TakeSnapshot(const std::filesystem::path& folder) {
  FolderSnapshot snapshot;
  const auto add = [&](const std::filesystem::path& path) {
    struct stat info = {};
    ::lstat(path.c_str(), &info);
    std::string bytes;
    if (S_ISREG(info.st_mode)) bytes = ReadFile(path).value_or("unreadable");
    snapshot[path.string()] = {bytes, info.st_ctim.tv_sec, info.st_ctim.tv_nsec};
  };
  add(folder);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) add(entry.path());
  return snapshot;
}

// Replaces a file's bytes in place, without the syncs that make a durable write slow.
inline void Overwrite(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc).write(bytes.data(), bytes.size());
}

// Flips bits of one byte of a file in place; twice the same call restores it.
inline void FlipByte(const std::filesystem::path& path, size_t position, char bits = 0x01) {
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.exceptions(std::ios::failbit | std::ios::badbit | std::ios::eofbit);
  char byte = 0;
  file.seekg(static_cast<std::streamoff>(position)).get(byte);
  file.seekp(static_cast<std::streamoff>(position)).put(static_cast<char>(byte ^ bits));
}

}  // namespace provnet

#endif  // PROVNET_TESTS_STORAGE_FOLDER_SNAPSHOT_H_
