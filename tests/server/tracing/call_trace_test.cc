#include "server/tracing/call_trace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace provnet {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Pair;
using testing::UnorderedElementsAre;
using testing::VariantWith;

// The call comes at second 1000 of the clock.
const CallTrace::Time kStart = {absl::Seconds(1000), absl::FromUnixSeconds(1'700'000'000)};
const TraceContext kOwn = {"4bf92f3577b34da6a3ce929d0e0e4736", "b7ad6b7169203331", true};

auto Text(const char* text) { return VariantWith<std::string>(text); }
auto Number(int64_t number) { return VariantWith<int64_t>(number); }

TEST(CallTraceTest, ACallIsASpanUnderItsCallersWithWhatItWasAndHowItEnded) {
  CallTrace trace(kOwn, "00f067aa0ba902b7", kStart);
  const auto spans = trace.Spans({"ListModels", "id-1", absl::StatusCode::kOk},
                                 kStart.monotonic + absl::Milliseconds(3));
  ASSERT_EQ(spans.size(), 1U);
  const Span& span = spans[0];
  EXPECT_EQ(span.context.ToString(), kOwn.ToString());
  EXPECT_EQ(span.parent_span_id, "00f067aa0ba902b7");
  EXPECT_EQ(span.name, "provnet.v1.ProvenanceService/ListModels");
  EXPECT_EQ(span.kind, Span::Kind::kServer);
  EXPECT_EQ(span.start, kStart.calendar);
  EXPECT_EQ(span.took, absl::Milliseconds(3));
  EXPECT_FALSE(span.failed);
  EXPECT_THAT(span.attributes,
              UnorderedElementsAre(Pair("rpc.system", Text("grpc")),
                                   Pair("rpc.service", Text("provnet.v1.ProvenanceService")),
                                   Pair("rpc.method", Text("ListModels")),
                                   Pair("rpc.grpc.status_code", Number(0)),
                                   Pair("provnet.request_id", Text("id-1"))));
}

TEST(CallTraceTest, ABatchedCallHasItsWaitAndItsRunAsParts) {
  CallTrace trace(kOwn, "", kStart);
  trace.AnsweredBy("digits", 7);
  trace.Started(kStart.monotonic + absl::Milliseconds(10), absl::Milliseconds(8), 5);
  trace.Ran(kStart.monotonic + absl::Milliseconds(30));
  const auto spans = trace.Spans({"Explain", "id-2"}, kStart.monotonic + absl::Milliseconds(31));
  ASSERT_EQ(spans.size(), 3U);
  EXPECT_THAT(spans[0].attributes,
              testing::AllOf(Contains(Pair("provnet.model", Text("digits"))),
                             Contains(Pair("provnet.model_version", Number(7))),
                             Contains(Pair("provnet.batch_size", Number(5))),
                             Contains(Pair("provnet.queue_seconds",
                                           VariantWith<double>(testing::DoubleEq(.008))))));
  EXPECT_THAT((std::vector<std::string>{spans[1].name, spans[2].name}),
              ElementsAre("queue", "execute"));
  EXPECT_EQ(spans[1].start, kStart.calendar + absl::Milliseconds(2));
  EXPECT_EQ(spans[1].took, absl::Milliseconds(8));
  EXPECT_EQ(spans[2].start, kStart.calendar + absl::Milliseconds(10));
  EXPECT_EQ(spans[2].took, absl::Milliseconds(20));
  std::set<std::string> names;
  for (const Span& span : spans) names.insert(span.context.span_id);
  EXPECT_EQ(names.size(), 3U);
  for (size_t i : {1U, 2U}) {
    EXPECT_EQ(spans[i].context.trace_id, kOwn.trace_id);
    EXPECT_EQ(spans[i].parent_span_id, kOwn.span_id);
    EXPECT_EQ(spans[i].kind, Span::Kind::kInternal);
    EXPECT_THAT(spans[i].attributes, testing::IsEmpty());
  }
}

TEST(CallTraceTest, OnlyTheServersFaultsFail) {
  const std::set<absl::StatusCode> faults = {
      absl::StatusCode::kUnknown,  absl::StatusCode::kDeadlineExceeded,
      absl::StatusCode::kInternal, absl::StatusCode::kUnimplemented,
      absl::StatusCode::kDataLoss, absl::StatusCode::kUnavailable};
  const CallTrace trace(kOwn, "", kStart);
  for (int number = 0; number <= 16; ++number) {
    const auto code = static_cast<absl::StatusCode>(number);
    const Span span = trace.Spans({"Explain", "id", code}, kStart.monotonic)[0];
    EXPECT_EQ(span.failed, faults.count(code) == 1) << code;
    EXPECT_THAT(span.attributes, Contains(Pair("rpc.grpc.status_code", Number(number))));
  }
}

TEST(CallTraceTest, AStreamSaysHowManyRequestsItAnswered) {
  CallTrace trace(kOwn, "", kStart);
  trace.Answered(12);
  EXPECT_THAT(trace.Spans({"ExplainStream", "id"}, kStart.monotonic)[0].attributes,
              Contains(Pair("provnet.stream_requests", Number(12))));
}

}  // namespace
}  // namespace provnet
