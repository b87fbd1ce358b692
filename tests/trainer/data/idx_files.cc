#include "tests/trainer/data/idx_files.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <fstream>
#include <iterator>

namespace provnet::testing {

namespace fs = std::filesystem;

void WriteFile(const fs::path& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary);
  file << bytes;
  ASSERT_TRUE(file.flush()) << path;
}

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string Gzip(const std::string& bytes) {
  z_stream stream = {};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string Idx(uint32_t magic, const std::vector<uint32_t>& dimensions,
                const std::string& values) {
  std::string bytes;
  const auto append = [&bytes](uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(value >> shift));
  };
  append(magic);
  for (const uint32_t dimension : dimensions) append(dimension);
  return bytes + values;
}

std::string IdxImages(size_t count, uint32_t height, uint32_t width) {
  std::string values(count * height * width, '\0');
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<char>(i * 37);
  return Idx(0x803, {static_cast<uint32_t>(count), height, width}, values);
}

std::string IdxLabels(const std::vector<uint8_t>& labels) {
  return Idx(0x801, {static_cast<uint32_t>(labels.size())},
             std::string(labels.begin(), labels.end()));
}

void WriteIdxFolder(const fs::path& dir) {
  WriteFile(dir / "train-images-idx3-ubyte", IdxImages(6));
  WriteFile(dir / "train-labels-idx1-ubyte", IdxLabels({2, 0, 1, 1, 0, 2}));
  WriteFile(dir / "t10k-images-idx3-ubyte", IdxImages(3));
  WriteFile(dir / "t10k-labels-idx1-ubyte", IdxLabels({1, 2, 0}));
}

}  // namespace provnet::testing
