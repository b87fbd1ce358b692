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

TEST(PortFileTest, TheFileOfAnEarlierServerGoesAndOtherThingsStay) {
  const TempDir dir;
  ASSERT_TRUE(PreparePortFile("").ok());
  ASSERT_TRUE(PreparePortFile(dir / "ports").ok());
  std::ofstream(dir / "ports") << "grpc=a:1\n";
  ASSERT_TRUE(PreparePortFile(dir / "ports").ok());
  EXPECT_FALSE(std::filesystem::exists(dir / "ports"));
  std::ofstream(dir / "target") << "mine";
  std::filesystem::create_symlink(dir / "target", dir / "link");
  ASSERT_TRUE(PreparePortFile(dir / "link").ok());
  EXPECT_TRUE(std::filesystem::exists(dir / "link"));
  ASSERT_TRUE(PreparePortFile("/dev/null").ok());
}

TEST(PortFileTest, WhatCannotBeWrittenIsFoundBeforeThereAreAddresses) {
  const TempDir dir;
  const absl::Status missing = PreparePortFile(dir / "missing" / "ports");
  EXPECT_EQ(missing.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(missing.message()), testing::HasSubstr("missing/ports"));
  EXPECT_FALSE(PreparePortFile(dir.path()).ok()) << "a folder";
  // Nobody, not even root, may write there.
  EXPECT_FALSE(PreparePortFile("/proc/sys/ports").ok());
}

TEST(PortFileTest, NamesTheFileThatCannotBeWritten) {
  const TempDir dir;
  const absl::Status status = WritePortFile(dir / "missing" / "ports", "a:1", "b:2");
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr("missing/ports"));
}

}  // namespace
}  // namespace provnet
