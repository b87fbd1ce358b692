#include "storage/keys.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace provnet {
namespace {

std::string KeyOf(uint64_t sample_index) {
  const SampleKey key = EncodeSampleKey(sample_index);
  return std::string(key.data(), key.size());
}

TEST(SampleKeyTest, IsBigEndian) {
  EXPECT_EQ(KeyOf(0x0102030405060708), "\x01\x02\x03\x04\x05\x06\x07\x08");
}

TEST(SampleKeyTest, SortsAsTheIndicesDo) {
  uint64_t previous = 0;
  for (const uint64_t next :
       {uint64_t{1}, uint64_t{127}, uint64_t{128}, uint64_t{255}, uint64_t{256}, uint64_t{1} << 32,
        uint64_t{1} << 63, std::numeric_limits<uint64_t>::max()}) {
    EXPECT_LT(KeyOf(previous), KeyOf(next)) << next;
    EXPECT_EQ(DecodeSampleKey(KeyOf(next)), next);
    previous = next;
  }
}

TEST(SampleKeyTest, DecodesOnlyEightBytes) {
  EXPECT_EQ(DecodeSampleKey(""), std::nullopt);
  EXPECT_EQ(DecodeSampleKey("1234567"), std::nullopt);
  EXPECT_EQ(DecodeSampleKey("123456789"), std::nullopt);
}

}  // namespace
}  // namespace provnet
