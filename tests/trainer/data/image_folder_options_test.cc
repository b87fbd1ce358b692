#include "trainer/data/image_folder_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/testing/status_matchers.h"

namespace provnet {
namespace {

using ::testing::HasSubstr;

TEST(ParseImageSizeTest, ReadsHeightAndWidth) {
  EXPECT_EQ(*ParseImageSize("32x48"), (ImageSize{32, 48}));
  EXPECT_EQ(FormatImageSize({32, 48}), "32x48");
  for (const char* text : {"", "32", "32x", "x32", "32x48x3", "-8x8", "7x8", "8x1025", "8 x 8x"}) {
    EXPECT_THAT(ParseImageSize(text),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--image-size=")))
        << text;
  }
}

TEST(ParseImageModeTest, KnowsItsNames) {
  for (const ImageMode mode : {ImageMode::kAsStored, ImageMode::kGrey, ImageMode::kRgb}) {
    EXPECT_EQ(*ParseImageMode(ImageModeName(mode)), mode);
  }
  EXPECT_THAT(ParseImageMode("cmyk"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--image-mode=cmyk")));
}

TEST(ValidateImageFolderOptionsTest, NamesTheFlag) {
  EXPECT_THAT(ValidateImageFolderOptions({}), IsOk());
  for (const double share : {0.0, 1.0, -0.5, std::nan("")}) {
    EXPECT_THAT(ValidateImageFolderOptions({.test_share = share}),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--test-share=")));
  }
}

}  // namespace
}  // namespace provnet
