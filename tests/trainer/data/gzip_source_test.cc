#include "trainer/data/gzip_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/testing/temp_dir.h"
#include "tests/trainer/data/idx_files.h"

namespace provnet {
namespace {

using testing::Gzip;
using ::testing::HasSubstr;
using testing::WriteFile;

// Compresses badly, and is longer than the blocks that the source reads.
std::string Noise(size_t size) {
  std::string bytes;
  for (uint32_t state = 1; bytes.size() < size; state = state * 1664525u + 1013904223u) {
    bytes.push_back(static_cast<char>(state >> 24));
  }
  return bytes;
}

absl::StatusOr<std::string> ReadAll(const std::filesystem::path& path, size_t step) {
  auto source = GzipSource::Open(path);
  if (!source.ok()) return source.status();
  std::string all;
  std::string piece(step, '\0');
  while (true) {
    auto count = source->Read({reinterpret_cast<uint8_t*>(piece.data()), piece.size()});
    if (!count.ok()) return count.status();
    all.append(piece, 0, *count);
    if (*count < step) return all;
  }
}

TEST(GzipSourceTest, YieldsTheSameBytesPlainGzippedAndInSeveralMembers) {
  const TempDir dir;
  const std::string bytes = Noise(200'000);
  WriteFile(dir / "plain", bytes);
  WriteFile(dir / "gzipped", Gzip(bytes));
  WriteFile(dir / "members", Gzip(bytes.substr(0, 70'000)) + Gzip("") + Gzip(bytes.substr(70'000)));
  for (const char* name : {"plain", "gzipped", "members"}) {
    for (const size_t step : {size_t{7}, size_t{65'536}, size_t{1'000'000}}) {
      const auto read = ReadAll(dir / name, step);
      ASSERT_TRUE(read.ok()) << name << ": " << read.status();
      EXPECT_TRUE(*read == bytes) << name << " in steps of " << step;
    }
  }
}

TEST(GzipSourceTest, ReportsACutAtAnyByte) {
  const TempDir dir;
  const std::string whole = Gzip("seven of the digits are a little blurred");
  for (size_t length = 2; length < whole.size(); ++length) {
    WriteFile(dir / "cut.gz", whole.substr(0, length));
    const auto read = ReadAll(dir / "cut.gz", 100);
    ASSERT_EQ(read.status().code(), absl::StatusCode::kDataLoss) << "cut after " << length;
    EXPECT_THAT(read.status().ToString(), HasSubstr("cut.gz")) << "cut after " << length;
    EXPECT_THAT(read.status().ToString(), HasSubstr("cut off")) << "cut after " << length;
  }
}

TEST(GzipSourceTest, ReportsBytesAfterTheEnd) {
  const TempDir dir;
  for (const std::string garbage : {"x", "garbage", "\x1f", "\x1f\x8b"}) {
    WriteFile(dir / "long.gz", Gzip("content") + garbage);
    const auto read = ReadAll(dir / "long.gz", 100);
    EXPECT_EQ(read.status().code(), absl::StatusCode::kDataLoss) << garbage;
    EXPECT_THAT(read.status().ToString(), HasSubstr("trailing garbage")) << garbage;
  }
}

TEST(GzipSourceTest, NeverYieldsOtherContentForAFlippedBit) {
  const TempDir dir;
  const std::string content = Noise(300);
  const std::string whole = Gzip(content);
  size_t detected = 0;
  // Behind the two bytes that tell gzip from plain files. Some of the header, and padding, says
  // nothing of the content.
  for (size_t at = 2; at < whole.size(); ++at) {
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x10);
    WriteFile(dir / "flipped.gz", flipped);
    const auto read = ReadAll(dir / "flipped.gz", 1000);
    if (read.ok()) {
      EXPECT_EQ(*read, content) << "byte " << at;
      continue;
    }
    ++detected;
    EXPECT_EQ(read.status().code(), absl::StatusCode::kDataLoss) << "byte " << at;
    EXPECT_THAT(read.status().ToString(), HasSubstr("flipped.gz")) << "byte " << at;
  }
  EXPECT_GE(detected, content.size());
}

TEST(GzipSourceTest, NamesFilesThatCannotBeRead) {
  const TempDir dir;
  EXPECT_EQ(GzipSource::Open(dir / "absent").status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(GzipSource::Open(dir / "absent").status().ToString(), HasSubstr("absent"));
  EXPECT_THAT(GzipSource::Open(dir.path()).status().ToString(), HasSubstr("not a regular file"));
  WriteFile(dir / "empty", "");
  EXPECT_EQ(GzipSource::Open(dir / "empty").status().code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(GzipSource::Open(dir / "empty").status().ToString(), HasSubstr("empty"));
}

}  // namespace
}  // namespace provnet
