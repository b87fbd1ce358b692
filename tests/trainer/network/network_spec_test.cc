#include "trainer/network/network_spec.h"

#include <gmock/gmock.h>

namespace provnet {
namespace {

using ::testing::HasSubstr;

const NetworkSpec kDigits{.channels = 1,
                          .height = 28,
                          .width = 28,
                          .channel_mean = {0.13F},
                          .channel_stddev = {0.31F},
                          .classes = 10,
                          .index_dim = 1800,
                          .sample_classes = {}};

TEST(NetworkSpec, DigitsHave2048Features) {
  EXPECT_TRUE(ValidateNetworkSpec(kDigits).ok());
  EXPECT_EQ(FeatureDim(kDigits), 2048);
}

TEST(NetworkSpec, RoundsOddSidesUpInEveryBlock) {
  NetworkSpec spec = kDigits;
  spec.height = 9;  // 5, 3, 2
  spec.width = 17;  // 9, 5, 3
  EXPECT_EQ(FeatureDim(spec), 128 * 2 * 3);
}

TEST(NetworkSpec, RefusalNamesFieldAndValue) {
  const struct {
    const char* field;
    uint32_t NetworkSpec::*member;
    uint32_t value;
  } kCases[] = {
      {"channels is 0", &NetworkSpec::channels, 0}, {"channels is 5", &NetworkSpec::channels, 5},
      {"height is 7", &NetworkSpec::height, 7},     {"width is 1025", &NetworkSpec::width, 1025},
      {"classes is 1", &NetworkSpec::classes, 1},   {"index_dim is 0", &NetworkSpec::index_dim, 0},
  };
  for (const auto& c : kCases) {
    NetworkSpec spec = kDigits;
    spec.*c.member = c.value;
    const absl::Status status = ValidateNetworkSpec(spec);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.field;
    EXPECT_THAT(std::string(status.message()), HasSubstr(c.field));
  }
}

TEST(NetworkSpec, RefusesAnUnknownHead) {
  NetworkSpec spec = kDigits;
  spec.head = v1::HEAD_TYPE_UNSPECIFIED;
  EXPECT_THAT(std::string(ValidateNetworkSpec(spec).message()), HasSubstr("HEAD_TYPE_UNSPECIFIED"));
}

TEST(NetworkSpec, TwoBranchesDoubleTheFeatures) {
  NetworkSpec spec = kDigits;
  spec.sharing = Sharing::kTwoBlocks;
  EXPECT_TRUE(ValidateNetworkSpec(spec).ok());
  EXPECT_EQ(BranchDim(spec), 2048);
  EXPECT_EQ(FeatureDim(spec), 4096);
}

TEST(NetworkSpec, RefusesNormalizationThatDoesNotFit) {
  NetworkSpec spec = kDigits;
  spec.channel_mean = {0.1F, 0.2F};
  EXPECT_THAT(std::string(ValidateNetworkSpec(spec).message()), HasSubstr("2 channel means"));
  spec = kDigits;
  spec.channel_stddev = {0};
  EXPECT_THAT(std::string(ValidateNetworkSpec(spec).message()), HasSubstr("deviation 0"));
}

TEST(NetworkSpec, ASingleBranchNeedsItsSamplesClassesAndSharesNothing) {
  NetworkSpec spec = kDigits;
  spec.head = v1::HEAD_TYPE_SINGLE_BRANCH;
  spec.index_dim = 3;
  spec.sample_classes = {0, 9};
  EXPECT_THAT(std::string(ValidateNetworkSpec(spec).message()),
              HasSubstr("number of sample classes is 2, expected 3"));
  spec.sample_classes = {0, 9, 10};
  EXPECT_THAT(std::string(ValidateNetworkSpec(spec).message()),
              HasSubstr("class of a sample is 10, expected 0 to 9"));
  spec.sample_classes = {0, 9, 1};
  EXPECT_TRUE(ValidateNetworkSpec(spec).ok());
  spec.sharing = Sharing::kNothing;
  EXPECT_THAT(std::string(ValidateNetworkSpec(spec).message()), HasSubstr("sharing is I"));
}

}  // namespace
}  // namespace provnet
