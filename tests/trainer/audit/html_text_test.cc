#include "trainer/audit/html_text.h"

#include <gmock/gmock.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "storage/image/image.h"

namespace provnet {
namespace {

using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(HtmlTextTest, EscapesWhatHtmlTakesForMarkup) {
  EXPECT_EQ(EscapedHtml("<a href=\"x\">&'</a>"),
            "&lt;a href=&quot;x&quot;&gt;&amp;&#39;&lt;/a&gt;");
  EXPECT_EQ(EscapedHtml("\xC3\xA9t\xC3\xA9 \\ /"), "\xC3\xA9t\xC3\xA9 \\ /");
}

TEST(HtmlTextTest, ReplacesControlsAndBytesThatAreNoText) {
  EXPECT_EQ(EscapedHtml(absl::string_view("a\0b\x1b", 4)),
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD");
  EXPECT_EQ(EscapedHtml("a\xff"), "a\xEF\xBF\xBD");
}

Image Decoded(const std::string& tag) {
  const std::string start = "base64,";
  const size_t begin = tag.find(start) + start.size();
  std::string bytes;
  EXPECT_TRUE(absl::Base64Unescape(tag.substr(begin, tag.find('"', begin) - begin), &bytes));
  return *DecodeImage(bytes, 3);
}

TEST(HtmlTextTest, PicturesHaveTheImagesPixels) {
  Dataset data;
  data.channels = 3;
  data.height = 1;
  data.width = 2;
  data.labels = {0, 0};
  data.pixels = {0, 0, 0, 0, 0, 0, /*red*/ 1, 2, /*green*/ 3, 4, /*blue*/ 5, 6};
  const std::string tag = PictureTag(data, 1, "a \"b\"");
  EXPECT_THAT(tag, HasSubstr("alt=\"a &quot;b&quot;\""));
  EXPECT_THAT(Decoded(tag).pixels, ElementsAreArray({1, 3, 5, 2, 4, 6}));
}

TEST(HtmlTextTest, LargePicturesAreReduced) {
  Dataset data;
  data.height = 100;
  data.width = 300;
  data.labels = {0};
  data.pixels.resize(30'000, 9);
  const Image image = Decoded(PictureTag(data, 0, ""));
  EXPECT_EQ(image.width, 128U);
  EXPECT_EQ(image.height, 42U);
}

TEST(HtmlTextTest, WhatIsNoPictureIsSaid) {
  Dataset data;
  data.labels = {0};
  EXPECT_THAT(PictureTag(data, 0, ""), Not(HasSubstr("<img")));
}

}  // namespace
}  // namespace provnet
