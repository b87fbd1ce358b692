#ifndef PROVNET_TESTS_TRAINER_DATA_IMAGE_FOLDERS_H_
#define PROVNET_TESTS_TRAINER_DATA_IMAGE_FOLDERS_H_

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace provnet {
namespace testing {

// A file, folder, link or device to write into an archive. Paths are written as they are.
struct ArchiveEntry {
  std::string path;
  std::string contents = {};
  enum class Kind { kFile, kFolder, kSymlink, kHardlink, kDevice } kind = Kind::kFile;
};

// How the archive is packed.
enum class Packing { kPlain, kGzip, kXz, kZstd };

// Writes a pax tar with libarchive.
void WriteTar(const std::filesystem::path& path, const std::vector<ArchiveEntry>& entries,
              Packing packing = Packing::kPlain);

// Writes each file below `root`, with the folders that it needs.
void WriteFolder(const std::filesystem::path& root, const std::vector<ArchiveEntry>& entries);

// A PNG of random pixels drawn from `seed`: 1 channel is grey, 3 is RGB.
std::string RandomPng(uint64_t seed, uint32_t channels = 3, uint32_t height = 8,
                      uint32_t width = 8);

// `per_class` random PNG files in each of the classes "ant", "bee" and "cat", the names below
// `prefix`, which is empty or ends in '/'. No two pictures are the same.
std::vector<ArchiveEntry> ThreeClasses(const std::string& prefix, int per_class, uint64_t seed = 1);

// Both lists, one after the other.
std::vector<ArchiveEntry> Together(std::vector<ArchiveEntry> first,
                                   const std::vector<ArchiveEntry>& second);

}  // namespace testing
}  // namespace provnet

#endif  // PROVNET_TESTS_TRAINER_DATA_IMAGE_FOLDERS_H_
