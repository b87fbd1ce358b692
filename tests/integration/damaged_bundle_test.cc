// A damaged version is refused by the real server with the file's name, and never replaces one that
// works.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "storage/repository.h"
#include "tests/integration/server_process.h"
#include "tests/testing/temp_dir.h"

namespace provnet {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

void FlipByte(const fs::path& file, uintmax_t position) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekg(static_cast<std::streamoff>(position));
  const char byte = static_cast<char>(stream.get() ^ 0x20);
  stream.seekp(static_cast<std::streamoff>(position));
  stream.put(byte);
}

class DamagedBundleTest : public ::testing::Test {
 protected:
  DamagedBundleTest() {
    fs::create_directories(repository_ / "digits");
    fs::copy(TrainedRepository() / "digits" / "1", bundle_, fs::copy_options::recursive);
  }

  // Starts the server on the damaged repository, which must end by itself with a log that names
  // `file`.
  void ExpectRefused(const std::string& file) {
    ServerProcess server(repository_, {}, scratch_.path());
    EXPECT_FALSE(server.ready()) << file;
    EXPECT_EQ(server.process().Wait(), 1) << file;
    EXPECT_THAT(server.process().Log(), HasSubstr(file));
    fs::remove(scratch_.path() / "server.log");
  }

  TempDir scratch_;
  const fs::path repository_ = scratch_.path() / "models";
  const fs::path bundle_ = repository_ / "digits" / "1";
};

TEST_F(DamagedBundleTest, OneFlippedByteInAnyFileIsRefusedByName) {
  size_t files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(bundle_)) {
    if (!entry.is_regular_file() || entry.file_size() == 0) continue;
    FlipByte(entry.path(), entry.file_size() / 2);
    ExpectRefused(fs::relative(entry.path(), bundle_).string());
    FlipByte(entry.path(), entry.file_size() / 2);
    ++files;
  }
  EXPECT_GE(files, 6U);
  EXPECT_TRUE(ServerProcess(repository_, {}, scratch_.path()).ready())
      << "flipped back, it must load";
}

TEST_F(DamagedBundleTest, AMissingFileIsRefusedByName) {
  fs::remove(bundle_ / "model.pt");
  ExpectRefused("model.pt");
}

TEST_F(DamagedBundleTest, TheLastGoodVersionServesBesideADamagedOne) {
  // Version 2 is a copy whose manifest does not match its folder any more.
  fs::copy(bundle_, repository_ / "digits" / "2", fs::copy_options::recursive);
  FlipByte(repository_ / "digits" / "2" / "model.pt", 100);
  ServerProcess server(repository_, {}, scratch_.path());
  ASSERT_TRUE(server.ready()) << server.process().Log();
  EXPECT_THAT(server.process().Log(), HasSubstr("model.pt"));
  const auto models = server.OneShotClient().ListModels();
  ASSERT_TRUE(models.ok()) << models.status();
  ASSERT_EQ(models->models_size(), 2);
  EXPECT_EQ(models->models(0).state(), v1::ModelInfo::STATE_AVAILABLE);
  EXPECT_EQ(models->models(1).state(), v1::ModelInfo::STATE_FAILED);
  EXPECT_THAT(models->models(1).error(), HasSubstr("model.pt"));
}

}  // namespace
}  // namespace provnet
