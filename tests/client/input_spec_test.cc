#include "client/cli/input_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace provnet {
namespace {

using ::testing::HasSubstr;
using Kind = InputSpec::Kind;

struct Good {
  std::string argument;
  Kind kind;
  std::string path;
  uint64_t first;
  std::optional<uint64_t> count;
};

TEST(InputSpecTest, ReadsEveryForm) {
  const Good rows[] = {
      {"photo.png", Kind::kPath, "photo.png", 0, std::nullopt},
      {"a#1:2", Kind::kPath, "a#1:2", 0, std::nullopt},
      {"-", Kind::kStandardInput, "", 0, std::nullopt},
      {"idx:images", Kind::kIdx, "images", 0, std::nullopt},
      {"idx:images#7", Kind::kIdx, "images", 7, 1},
      {"idx:images#7:20", Kind::kIdx, "images", 7, 20},
      {"idx:d#1/images.gz#0:3", Kind::kIdx, "d#1/images.gz", 0, 3},
  };
  for (const Good& row : rows) {
    absl::StatusOr<InputSpec> spec = ParseInputSpec(row.argument);
    ASSERT_TRUE(spec.ok()) << spec.status();
    EXPECT_EQ(spec->kind, row.kind) << row.argument;
    EXPECT_EQ(spec->path, row.path) << row.argument;
    EXPECT_EQ(spec->first, row.first) << row.argument;
    EXPECT_EQ(spec->count, row.count) << row.argument;
  }
}

TEST(InputSpecTest, NamesWhatIsWrong) {
  const std::pair<std::string, std::string> rows[] = {
      {"", "an IMAGE is empty"},
      {"idx:", "no file is named"},
      {"idx:#3", "no file is named"},
      {"idx:images#", "FIRST is not a number"},
      {"idx:images#x", "FIRST is not a number"},
      {"idx:images#-1", "FIRST is not a number"},
      {"idx:images#+1", "FIRST is not a number"},
      {"idx:images#99999999999999999999", "FIRST is not a number"},
      {"idx:images#1:", "COUNT is not a number"},
      {"idx:images#1:2:3", "COUNT is not a number"},
      {"idx:images#1:0", "COUNT is 0"},
  };
  for (const auto& [argument, message] : rows) {
    absl::Status status = ParseInputSpec(argument).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << argument;
    EXPECT_THAT(std::string(status.message()), HasSubstr(message)) << argument;
  }
}

}  // namespace
}  // namespace provnet
