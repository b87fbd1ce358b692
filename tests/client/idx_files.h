#ifndef PROVNET_TESTS_CLIENT_IDX_FILES_H_
#define PROVNET_TESTS_CLIENT_IDX_FILES_H_

#include <zlib.h>

#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

namespace provnet {

inline std::string BigEndian(uint32_t value) {
  std::string bytes;
  for (int shift : {24, 16, 8, 0}) bytes.push_back(static_cast<char>(value >> shift));
  return bytes;
}

// A file in MNIST's format of those images, height * width bytes each.
inline std::string IdxImagesFile(const std::vector<std::string>& images, uint32_t height,
                                 uint32_t width) {
  std::string file = BigEndian(0x803) + BigEndian(static_cast<uint32_t>(images.size())) +
                     BigEndian(height) + BigEndian(width);
  for (const std::string& image : images) file += image;
  return file;
}

inline std::string IdxLabelsFile(const std::vector<uint8_t>& labels) {
  return BigEndian(0x801) + BigEndian(static_cast<uint32_t>(labels.size())) +
         std::string(labels.begin(), labels.end());
}

inline void WriteFile(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

inline void WriteGzipped(const std::string& path, const std::string& content) {
  gzFile file = gzopen(path.c_str(), "wb");
  gzwrite(file, content.data(), static_cast<unsigned>(content.size()));
  gzclose(file);
}

}  // namespace provnet

#endif  // PROVNET_TESTS_CLIENT_IDX_FILES_H_
