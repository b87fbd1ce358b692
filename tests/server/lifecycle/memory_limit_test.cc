#include "server/lifecycle/memory_limit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "storage/bundle_layout.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace provnet {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr uint64_t kMiB = uint64_t{1} << 20;

TEST(ParseMemoryLimitTest, TakesAutoNoneAndAmounts) {
  EXPECT_EQ(ParseMemoryLimit("auto")->kind, MemoryLimit::Kind::kAuto);
  EXPECT_EQ(ParseMemoryLimit("none")->kind, MemoryLimit::Kind::kNone);
  EXPECT_EQ(ParseMemoryLimit("512MiB")->bytes, 512 * kMiB);
  EXPECT_EQ(ParseMemoryLimit("1.5GiB")->bytes, 1536 * kMiB);
  for (const char* wrong : {"", "5", "MiB", "-1GiB", "1GB", "nanMiB", "1e30GiB"}) {
    EXPECT_THAT(ParseMemoryLimit(wrong),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("MiB or GiB")))
        << wrong;
  }
}

class AvailableMemoryTest : public ::testing::Test {
 protected:
  void Write(const std::string& file, const std::string& text) {
    fs::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << text;
  }
  std::optional<uint64_t> Available(MemoryLimit limit = {}) {
    return AvailableMemory(limit, root_.path());
  }

  TempDir root_;
};

TEST_F(AvailableMemoryTest, IsTheMachinesWithoutAControlGroup) {
  EXPECT_EQ(Available(), std::nullopt);
  Write("proc/meminfo", "MemTotal:       99999 kB\nMemFree:  7 kB\nMemAvailable:   2048 kB\n");
  EXPECT_EQ(Available(), 2 * kMiB);
  Write("sys/fs/cgroup/memory.max", "max\n");
  Write("sys/fs/cgroup/memory.current", "1000\n");
  EXPECT_EQ(Available(), 2 * kMiB);
}

TEST_F(AvailableMemoryTest, IsTheGroupsWhereThatIsLess) {
  Write("proc/meminfo", "MemAvailable: 20480 kB\n");
  Write("sys/fs/cgroup/memory.max", "10485760\n");
  Write("sys/fs/cgroup/memory.current", "6291456\n");
  // Cached files can be dropped.
  Write("sys/fs/cgroup/memory.stat", "anon 5\ninactive_file 1048576\nactive_file 9\n");
  EXPECT_EQ(Available(), 5 * kMiB);
  Write("proc/meminfo", "MemAvailable: 3072 kB\n");
  EXPECT_EQ(Available(), 3 * kMiB);
}

TEST_F(AvailableMemoryTest, KnowsTheFirstVersionOfControlGroups) {
  Write("sys/fs/cgroup/memory/memory.limit_in_bytes", "4194304\n");
  Write("sys/fs/cgroup/memory/memory.usage_in_bytes", "3145728\n");
  EXPECT_EQ(Available(), kMiB);
  Write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_EQ(Available(), std::nullopt);
}

TEST_F(AvailableMemoryTest, ALimitOfItsOwnCountsWhatTheProcessHolds) {
  Write("proc/self/status", "Name: x\nVmRSS:\t    1024 kB\n");
  EXPECT_EQ(Available({MemoryLimit::Kind::kBytes, 3 * kMiB}), 2 * kMiB);
  EXPECT_EQ(Available({MemoryLimit::Kind::kBytes, kMiB / 2}), 0);
  EXPECT_EQ(Available({MemoryLimit::Kind::kNone}), std::nullopt);
}

TEST_F(AvailableMemoryTest, ReadsThisMachine) {
  EXPECT_GT(AvailableMemory({}).value_or(0), kMiB);
  EXPECT_GT(AvailableMemory({MemoryLimit::Kind::kBytes, uint64_t{1} << 40}).value_or(0), kMiB);
}

TEST(CheckMemoryTest, SaysWhatIsNeededAndWhatIsAvailable) {
  v1::BundleManifest manifest;
  v1::FileEntry& model = *manifest.add_files();
  model.set_path(kModelFile);
  model.set_size_bytes(100 * kMiB);
  EXPECT_EQ(EstimateMemory(manifest), 332 * kMiB);
  EXPECT_THAT(CheckMemory(manifest, std::nullopt), IsOk());
  EXPECT_THAT(CheckMemory(manifest, 332 * kMiB), IsOk());
  EXPECT_THAT(CheckMemory(manifest, 331 * kMiB),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("needs about 332 MiB of memory, 331 MiB is available")));
}

}  // namespace
}  // namespace provnet
