#include "trainer/data/entry_path.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/testing/status_matchers.h"

namespace provnet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(SplitEntryPathTest, TakesPlainRelativePathsApart) {
  EXPECT_THAT(*SplitEntryPath("train/cat/1.png"), ElementsAre("train", "cat", "1.png"));
  EXPECT_THAT(*SplitEntryPath("./cat//1.png"), ElementsAre("cat", "1.png"));
  EXPECT_THAT(*SplitEntryPath("cat/"), ElementsAre("cat"));
  EXPECT_THAT(*SplitEntryPath("caf\xc3\xa9/1.png"), ElementsAre("caf\xc3\xa9", "1.png"));
  EXPECT_THAT(*SplitEntryPath("./"), IsEmpty());
}

TEST(SplitEntryPathTest, SaysWhyItRefuses) {
  const struct {
    std::string path;
    const char* reason;
  } kCases[] = {
      {"", "usable name"},        {std::string(5000, 'a'), "usable name"},
      {"/cat/1.png", "absolute"}, {"../cat/1.png", "\"..\""},
      {"cat/../1.png", "\"..\""}, {"cat/..", "\"..\""},
      {".git/1.png", "hidden"},   {"cat/._1.png", "hidden"},
      {"cat/\xff.png", "UTF-8"},
  };
  for (const auto& c : kCases) {
    EXPECT_THAT(SplitEntryPath(c.path),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(c.reason)))
        << c.path;
  }
}

TEST(IsUtf8Test, FollowsTheTableOfWellFormedSequences) {
  for (const char* good : {"", "abc", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf",
                           "\xee\x80\x80", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(IsUtf8(good)) << good;
  }
  for (const char* bad :
       {"\x80", "\xc0\x80", "\xc1\xbf", "\xc2", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "a\xe2\x82"}) {
    EXPECT_FALSE(IsUtf8(bad));
  }
}

TEST(IsImageNameTest, GoesByTheEnding) {
  for (const char* name : {"a.png", "a.PNG", "a.b.jpg", "a.JPEG"}) EXPECT_TRUE(IsImageName(name));
  for (const char* name : {"png", "a.gif", "a.png.txt", "a"}) EXPECT_FALSE(IsImageName(name));
}

}  // namespace
}  // namespace provnet
