#ifndef PROVNET_TESTS_TRAINER_DATA_IDX_FILES_H_
#define PROVNET_TESTS_TRAINER_DATA_IDX_FILES_H_

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace provnet::testing {

void WriteFile(const std::filesystem::path& path, const std::string& bytes);
std::string ReadFile(const std::filesystem::path& path);

// One gzip member.
std::string Gzip(const std::string& bytes);

// An IDX file: magic number, dimensions, values.
std::string Idx(uint32_t magic, const std::vector<uint32_t>& dimensions, const std::string& values);

// `labels.size()` images of 3x2 pixels whose bytes all differ from their neighbours', and their
// labels.
std::string IdxImages(size_t count, uint32_t height = 3, uint32_t width = 2);
std::string IdxLabels(const std::vector<uint8_t>& labels);

// Writes a valid pair: 6 training samples of the classes 0, 1, 2 and 3 test samples.
void WriteIdxFolder(const std::filesystem::path& dir);

}  // namespace provnet::testing

#endif  // PROVNET_TESTS_TRAINER_DATA_IDX_FILES_H_
