#include "storage/base/trace_context.h"

#include <gtest/gtest.h>

#include <string>

namespace provnet {
namespace {

constexpr char kValid[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST(TraceContextTest, ReadsWhatTheSenderIsCalled) {
  const auto context = ParseTraceParent(kValid);
  ASSERT_TRUE(context.has_value());
  EXPECT_EQ(context->trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(context->span_id, "00f067aa0ba902b7");
  EXPECT_TRUE(context->sampled);
  EXPECT_EQ(context->ToString(), kValid);
}

TEST(TraceContextTest, OnlyTheLowestFlagSaysWhetherItIsSampled) {
  const std::string without_flags = std::string(kValid).substr(0, 53);
  for (const char* flags : {"01", "03", "ff"})
    EXPECT_TRUE(ParseTraceParent(without_flags + flags)->sampled) << flags;
  for (const char* flags : {"00", "02", "fe"})
    EXPECT_FALSE(ParseTraceParent(without_flags + flags)->sampled) << flags;
}

TEST(TraceContextTest, LaterVersionsMayGoOn) {
  const std::string later = "cc" + std::string(kValid).substr(2);
  EXPECT_TRUE(ParseTraceParent(later).has_value());
  EXPECT_TRUE(ParseTraceParent(later + "-what-comes-next").has_value());
  EXPECT_FALSE(ParseTraceParent(later + "x").has_value());
}

TEST(TraceContextTest, RefusesWhatIsNotOne) {
  const std::string valid = kValid;
  for (const std::string& bad :
       {std::string(), valid.substr(0, 54), valid + "-more", valid + "0", "ff" + valid.substr(2),
        "0x" + valid.substr(2),
        // Upper case, zeros alone, another letter, another separator.
        std::string("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01"),
        std::string("00-00000000000000000000000000000000-00f067aa0ba902b7-01"),
        std::string("00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01"),
        std::string("00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01"),
        std::string("00-4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7-01"),
        std::string("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0\n")}) {
    EXPECT_FALSE(ParseTraceParent(bad).has_value()) << bad;
  }
}

TEST(TraceContextTest, AChildHasTheTraceAndANameOfItsOwn) {
  const TraceContext parent = *ParseTraceParent(kValid);
  const TraceContext one = ChildOf(parent), other = ChildOf(parent);
  EXPECT_EQ(one.trace_id, parent.trace_id);
  EXPECT_TRUE(one.sampled);
  EXPECT_NE(one.span_id, parent.span_id);
  EXPECT_NE(one.span_id, other.span_id);
  EXPECT_TRUE(ParseTraceParent(one.ToString()).has_value());
}

TEST(TraceContextTest, ANewTraceBeginsAsOftenAsIsWanted) {
  const auto one = MaybeNewTrace(1), other = MaybeNewTrace(1);
  ASSERT_TRUE(one.has_value() && other.has_value());
  EXPECT_TRUE(one->sampled);
  EXPECT_NE(one->trace_id, other->trace_id);
  EXPECT_EQ(ParseTraceParent(one->ToString())->ToString(), one->ToString());
  int begun = 0;
  for (int i = 0; i < 10'000; ++i) {
    EXPECT_FALSE(MaybeNewTrace(0).has_value());
    begun += MaybeNewTrace(.25).has_value() ? 1 : 0;
  }
  // Ten standard deviations to either side.
  EXPECT_GT(begun, 2'000);
  EXPECT_LT(begun, 3'000);
}

}  // namespace
}  // namespace provnet
