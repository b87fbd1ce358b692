#include "trainer/export/fit_options.h"

#include <gmock/gmock.h>

#include <cmath>
#include <functional>

namespace provnet {
namespace {

using ::testing::HasSubstr;

FitOptions GoodOptions() {
  FitOptions options;
  options.dataset = "glyphs:600";
  options.output = "repository/digits";
  return options;
}

TEST(FitOptions, RefusalNamesTheFlag) {
  EXPECT_TRUE(ValidateFitOptions(GoodOptions()).ok());
  const struct {
    const char* expected;
    std::function<void(FitOptions&)> spoil;
  } kCases[] = {
      {"--dataset", [](auto& o) { o.dataset.clear(); }},
      {"\"mnist\": unknown kind", [](auto& o) { o.dataset = "mnist"; }},
      {"\"glyphs:9\": 9 images is out of range", [](auto& o) { o.dataset = "glyphs:9"; }},
      {"--output is missing", [](auto& o) { o.output.clear(); }},
      {"--output: model name \".x\"", [](auto& o) { o.output = "repository/.x"; }},
      {"--subset=0", [](auto& o) { o.subset_fraction = 0; }},
      {"--subset=1.5", [](auto& o) { o.subset_fraction = 1.5; }},
      {"--subset=nan", [](auto& o) { o.subset_fraction = std::nan(""); }},
      {"--membership-reference=7", [](auto& o) { o.membership_reference = std::string("7"); }},
      {"--subset-strategy=best", [](auto& o) { o.subset_strategy = "best"; }},
      {"--subset-strategy=herding chooses a part", [](auto& o) { o.subset_strategy = "herding"; }},
      {"--test-share=1", [](auto& o) { o.images.test_share = 1; }},
      {"--membership-reference=500 needs samples drawn at random",
       [](auto& o) {
         o.membership_reference = "500";
         o.subset_strategy = "herding";
         o.subset_fraction = 0.5;
       }},
      {"--threads=0", [](auto& o) { o.threads = 0; }},
      {"--epochs=0", [](auto& o) { o.training.epochs = 0; }},
  };
  for (const auto& c : kCases) {
    FitOptions options = GoodOptions();
    c.spoil(options);
    const absl::Status status = ValidateFitOptions(options);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.expected;
    EXPECT_THAT(std::string(status.message()), HasSubstr(c.expected));
  }
}

TEST(FitOptions, CheckpointsGoIntoTheModelFolderUnlessToldOtherwise) {
  FitOptions options = GoodOptions();
  EXPECT_EQ(CheckpointDirectoryPath(options), "repository/digits/.checkpoint");
  options.checkpoint_directory = "/scratch";
  EXPECT_EQ(CheckpointDirectoryPath(options), "/scratch");
}

TEST(ParseHead, KnowsBothHeads) {
  EXPECT_EQ(*ParseHead("class-conditional"), v1::HEAD_TYPE_CLASS_CONDITIONAL);
  EXPECT_EQ(*ParseHead("embedding"), v1::HEAD_TYPE_EMBEDDING);
  EXPECT_THAT(std::string(ParseHead("linear").status().message()), HasSubstr("--head=linear"));
}

}  // namespace
}  // namespace provnet
