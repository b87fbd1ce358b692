#include "server/service/port_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "tests/testing/temp_dir.h"

namespace provnet {
namespace {

TEST(PortFileTest, HoldsBothAddressesAndLeavesNothingElse) {
  const TempDir dir;
  ASSERT_TRUE(WritePortFile(dir / "ports", "127.0.0.1:1", "127.0.0.1:2").ok());
  std::ifstream file(dir / "ports");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}),
            "grpc=127.0.0.1:1\nhttp=127.0.0.1:2\n");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(dir.path()), {}), 1);
}

TEST(PortFileTest, NamesTheDoorForHealthWhereThereIsOne) {
  const TempDir dir;
  ASSERT_TRUE(WritePortFile(dir / "ports", "a:1", "b:2", "c:3").ok());
  std::ifstream file(dir / "ports");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}),
            "grpc=a:1\nhttp=b:2\nhealth=c:3\n");
}

TEST(PortFileTest, NamesTheFileThatCannotBeWritten) {
  const TempDir dir;
  const absl::Status status = WritePortFile(dir / "missing" / "ports", "a:1", "b:2");
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr("missing/ports"));
}

}  // namespace
}  // namespace provnet
