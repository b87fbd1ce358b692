#include "trainer/network/backbone.h"

#include <gmock/gmock.h>

namespace provnet {
namespace {

using ::testing::HasSubstr;

TEST(BackboneSize, NamesComeBack) {
  for (const char* name : {"tiny", "small", "medium", "large", "xlarge"}) {
    EXPECT_EQ(BackboneSizeName(*ParseBackboneSize(name)), name);
  }
}

TEST(Sharing, NamesComeBackAndCountTheSharedBlocks) {
  uint32_t blocks = 0;
  for (const char* name : {"I", "II", "III", "IV"}) {
    const auto sharing = ParseSharing(name);
    ASSERT_TRUE(sharing.ok()) << sharing.status();
    EXPECT_EQ(SharingName(*sharing), name);
    EXPECT_EQ(SharedBlocks(*sharing), blocks++);
  }
}

TEST(Backbone, UnknownNamesAreRefusedWithTheChoice) {
  const absl::Status size = ParseBackboneSize("huge").status();
  EXPECT_EQ(size.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(size.message()), HasSubstr("--size=huge"));
  EXPECT_THAT(std::string(size.message()), HasSubstr("tiny, small, medium, large, xlarge"));
  const absl::Status sharing = ParseSharing("5").status();
  EXPECT_EQ(sharing.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(sharing.message()), HasSubstr("I, II, III, IV"));
}

}  // namespace
}  // namespace provnet
