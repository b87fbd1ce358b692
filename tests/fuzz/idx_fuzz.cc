// Files in MNIST's format, plain or gzipped, as people download them.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/fuzz/fuzz_target.h"
#include "trainer/data/idx_file.h"

namespace provnet {
namespace {

// The reader takes files only: one in memory, the process's own.
std::filesystem::path OwnFile() {
  const std::filesystem::path memory = "/dev/shm";
  const std::filesystem::path folder =
      std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
  return folder / ("provnet-idx-fuzz." + std::to_string(::getpid()));
}

void Read(const std::filesystem::path& file, size_t rank) {
  const auto array = ReadIdxFile(file, rank);
  if (!array.ok()) return;
  Promise(array->dimensions.size() == rank);
  uint64_t values = 1;
  for (const uint32_t dimension : array->dimensions) values *= dimension;
  Promise(values > 0 && array->values.size() == values);
}

}  // namespace
}  // namespace provnet

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::filesystem::path* file = [] {
    static const std::filesystem::path path = provnet::OwnFile();
    std::atexit([] { std::remove(path.c_str()); });
    return &path;
  }();
  std::ofstream(*file, std::ios::binary | std::ios::trunc)
      << provnet::AsText(data, size) << std::flush;
  provnet::Read(*file, 1);
  provnet::Read(*file, 3);
  return 0;
}
