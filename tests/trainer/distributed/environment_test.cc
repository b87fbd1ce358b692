#include "trainer/distributed/environment.h"

#include <gmock/gmock.h>

#include <map>

namespace provnet {
namespace {

using ::testing::HasSubstr;

absl::StatusOr<std::optional<WorldAddress>> Read(const std::map<std::string, std::string>& values) {
  return ReadWorldAddress([&](const char* name) {
    const auto it = values.find(name);
    return it == values.end() ? nullptr : it->second.c_str();
  });
}

std::map<std::string, std::string> Good() {
  return {{"MASTER_ADDR", "trainer-0"},
          {"MASTER_PORT", "29500"},
          {"RANK", "2"},
          {"WORLD_SIZE", "4"},
          {"HOME", "/root"}};
}

TEST(Environment, WithoutTheVariablesAProcessIsAlone) {
  const auto address = Read({{"HOME", "/root"}});
  ASSERT_TRUE(address.ok()) << address.status();
  EXPECT_FALSE(address->has_value());
}

TEST(Environment, ReadsWhatLaunchersSet) {
  const auto address = Read(Good());
  ASSERT_TRUE(address.ok()) << address.status();
  EXPECT_EQ((*address)->host, "trainer-0");
  EXPECT_EQ((*address)->port, 29500);
  EXPECT_EQ((*address)->who.rank, 2U);
  EXPECT_EQ((*address)->who.ranks, 4U);
}

TEST(Environment, NamesEachVariableThatIsMissing) {
  for (const auto& [name, value] : Good()) {
    if (name == "HOME") continue;
    auto values = Good();
    values.erase(name);
    const absl::Status status = Read(values).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), HasSubstr("not " + name));
  }
  EXPECT_THAT(std::string(Read({{"RANK", "0"}}).status().message()),
              HasSubstr("RANK is set, but not MASTER_ADDR, MASTER_PORT, WORLD_SIZE"));
}

TEST(Environment, NamesTheVariableItsValueAndWhatWasExpected) {
  const struct {
    const char* name;
    const char* value;
    const char* reason;
  } kCases[] = {
      {"MASTER_ADDR", "", "MASTER_ADDR is empty"},
      {"MASTER_PORT", "0", "MASTER_PORT=0 makes no sense: expected a port, 1 to 65535"},
      {"MASTER_PORT", "65536", "MASTER_PORT=65536"},
      {"MASTER_PORT", "http", "MASTER_PORT=http"},
      {"WORLD_SIZE", "0", "WORLD_SIZE=0"},
      {"WORLD_SIZE", "-2", "WORLD_SIZE=-2"},
      {"WORLD_SIZE", "1025", "expected the number of processes, 1 to 1024"},
      {"RANK", "4",
       "RANK=4 makes no sense: expected the number of this process, 0 to 3, since "
       "WORLD_SIZE=4"},
      {"RANK", "-1", "RANK=-1"},
      {"RANK", "", "RANK="},
  };
  for (const auto& c : kCases) {
    auto values = Good();
    values[c.name] = c.value;
    const absl::Status status = Read(values).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.name << "=" << c.value;
    EXPECT_THAT(std::string(status.message()), HasSubstr(c.reason));
  }
}

TEST(Environment, ReadsTheLocalRank) {
  const char* text = nullptr;
  const Environment environment = [&](const char* name) {
    EXPECT_STREQ(name, "LOCAL_RANK");
    return text;
  };
  EXPECT_EQ(*ReadLocalRank(environment), std::nullopt);
  text = "3";
  EXPECT_EQ(*ReadLocalRank(environment), 3);
  text = "two";
  EXPECT_THAT(std::string(ReadLocalRank(environment).status().message()),
              HasSubstr("LOCAL_RANK=two makes no sense"));
}

}  // namespace
}  // namespace provnet
