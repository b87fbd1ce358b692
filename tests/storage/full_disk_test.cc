#include <gtest/gtest.h>
#include <sys/mount.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "storage/base/file_io.h"
#include "storage/bundle_writer.h"
#include "storage/npy.h"
#include "storage/repository.h"
#include "tests/storage/bundle_fixture.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace provnet {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

// A file system of one mebibyte. Only root may mount one; /dev/full covers the plain writes for
// everybody else (file_io_test.cc, npy_test.cc).
class FullDiskTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::mount("tmpfs", dir_.path().c_str(), "tmpfs", 0, "size=1m") != 0) {
      GTEST_SKIP() << "cannot mount a small tmpfs: " << std::strerror(errno);
    }
    mounted_ = true;
  }
  void TearDown() override {
    if (mounted_) ::umount2(dir_.path().c_str(), MNT_DETACH);
  }

  // Leaves `spare_bytes` free.
  void FillUp(size_t spare_bytes) {
    const size_t available = fs::space(dir_.path()).available;
    ASSERT_THAT(WriteFileDurably(dir_ / "ballast", std::string(available - spare_bytes, 'x')),
                IsOk());
  }

  const TempDir dir_;
  bool mounted_ = false;
};

TEST_F(FullDiskTest, SampleStoreBuilderSaysSo) {
  const absl::Status status = BuildStore(dir_ / "samples", MakeSamples(2000));
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kResourceExhausted,
                               StartsWith("no space left on device: " + dir_.path().string())));
}

// Whatever the moment at which space runs out: in a sorted file, in RocksDB's own files, in the
// manifest.
TEST_F(FullDiskTest, AnyFullMomentIsReportedAndPublishesNothing) {
  int refused = 0;
  for (size_t spare_bytes = 4096; spare_bytes < 200'000; spare_bytes += 8192) {
    FillUp(spare_bytes);
    const auto published = PublishBundle(dir_ / "model");
    if (published.ok()) {
      fs::remove_all(dir_ / "model");
    } else {
      ++refused;
      EXPECT_THAT(published,
                  StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr(dir_.path().string())))
          << spare_bytes << " bytes free";
      EXPECT_THAT(*ListVersions(dir_ / "model"), IsEmpty());
    }
    fs::remove(dir_ / "ballast");
  }
  EXPECT_GT(refused, 2);
}

TEST_F(FullDiskTest, WriteNpyNamesTheFile) {
  const std::vector<float> values(1 << 20);
  EXPECT_THAT(WriteNpy<float>(dir_ / "vectors.npy", {values.size()}, values),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       StartsWith("no space left on device: " + (dir_ / "vectors.npy").string())));
}

}  // namespace
}  // namespace provnet
