// Which calls leave spans, and that these are the ones which log and trailers name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/tracing/span_exporter.h"
#include "storage/base/mutex.h"
#include "storage/base/trace_context.h"
#include "tests/server/service/test_server.h"

namespace provnet {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kTrace[] = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr char kCaller[] = "00f067aa0ba902b7";

class SpanList final : public SpanExporter {
 public:
  void Export(const Span& span) override {
    const MutexLock lock(mutex_);
    spans_.push_back(span);
  }
  std::vector<Span> spans() const {
    const MutexLock lock(mutex_);
    return spans_;
  }
  // Those of whole calls.
  std::vector<Span> calls() const {
    std::vector<Span> calls;
    for (const Span& span : spans()) {
      if (span.kind == Span::Kind::kServer) calls.push_back(span);
    }
    return calls;
  }

 private:
  mutable Mutex mutex_;
  std::vector<Span> spans_ ABSL_GUARDED_BY(mutex_);
};

// A number or a text of `span`; absent ones fail the test.
template <typename Value>
Value Attribute(const Span& span, absl::string_view name) {
  for (const auto& [key, value] : span.attributes) {
    if (key == name && std::holds_alternative<Value>(value)) return std::get<Value>(value);
  }
  ADD_FAILURE() << span.name << " has no " << name;
  return {};
}

class TracedServer {
 public:
  explicit TracedServer(double sample_ratio) : tracing_{spans_, sample_ratio} {
    TestServerOptions options;
    options.tracing = &tracing_;
    server_.emplace(options);
    server_->Serve();
  }

  // The place in its trace that the trailers name; absent when they name none.
  std::optional<TraceContext> Explain(const std::string& traceparent,
                                      const v1::ExplainRequest& request = MakeRequest()) {
    grpc::ClientContext context;
    if (!traceparent.empty()) context.AddMetadata("traceparent", traceparent);
    v1::ExplainResponse response;
    status_ = server_->stub().Explain(&context, request, &response);
    const auto& trailers = context.GetServerTrailingMetadata();
    const auto found = trailers.find("traceresponse");
    if (found == trailers.end()) return std::nullopt;
    return ParseTraceParent({found->second.data(), found->second.size()});
  }

  TestServer& server() { return *server_; }
  const SpanList& exported() const { return spans_; }
  const grpc::Status& status() const { return status_; }

 private:
  SpanList spans_;
  const Tracing tracing_;
  std::optional<TestServer> server_;
  grpc::Status status_;
};

std::string TraceParent(const char* flags) {
  return absl::StrCat("00-", kTrace, "-", kCaller, "-", flags);
}

TEST(TracingTest, ASampledCallIsTheSpanThatTheTrailerAndTheLogName) {
  TracedServer traced(0);
  const auto own = traced.Explain(TraceParent("01"));
  ASSERT_TRUE(own.has_value());
  const auto calls = traced.exported().calls();
  ASSERT_EQ(calls.size(), 1U);
  EXPECT_EQ(calls[0].context.ToString(), own->ToString());
  EXPECT_EQ(calls[0].context.trace_id, kTrace);
  EXPECT_EQ(calls[0].parent_span_id, kCaller);
  EXPECT_THAT(traced.server().log(), HasSubstr("\"span_id\":\"" + own->span_id + "\""));
  EXPECT_EQ(Attribute<std::string>(calls[0], "rpc.method"), "Explain");
  EXPECT_EQ(Attribute<std::string>(calls[0], "provnet.model"), "digits");
  EXPECT_EQ(Attribute<int64_t>(calls[0], "provnet.batch_size"), 1);
  EXPECT_GE(Attribute<double>(calls[0], "provnet.queue_seconds"), 0);
  // With its wait and its run.
  EXPECT_EQ(traced.exported().spans().size(), 3U);
}

TEST(TracingTest, WhatTheCallerDoesNotSampleLeavesNoSpan) {
  TracedServer traced(1);
  EXPECT_TRUE(traced.Explain(TraceParent("00")).has_value());
  EXPECT_TRUE(traced.status().ok());
  EXPECT_THAT(traced.exported().spans(), IsEmpty());
}

TEST(TracingTest, ACallWithoutATraceBeginsOneAsOftenAsIsWanted) {
  TracedServer always(1), never(0);
  const auto own = always.Explain("");
  ASSERT_TRUE(own.has_value());
  EXPECT_TRUE(own->sampled);
  const auto calls = always.exported().calls();
  ASSERT_EQ(calls.size(), 1U);
  EXPECT_EQ(calls[0].context.ToString(), own->ToString());
  EXPECT_EQ(calls[0].parent_span_id, "");
  EXPECT_THAT(always.server().log(), HasSubstr("\"trace_id\":\"" + own->trace_id + "\""));
  EXPECT_THAT(always.server().log(), testing::Not(HasSubstr("parent_span_id")));

  EXPECT_FALSE(never.Explain("").has_value());
  EXPECT_THAT(never.exported().spans(), IsEmpty());
}

TEST(TracingTest, ARefusedCallIsASpanWithItsCode) {
  TracedServer traced(0);
  v1::ExplainRequest unknown = MakeRequest();
  unknown.mutable_model()->set_name("unheard-of");
  traced.Explain(TraceParent("01"), unknown);
  EXPECT_EQ(traced.status().error_code(), grpc::StatusCode::NOT_FOUND);
  const auto spans = traced.exported().spans();
  ASSERT_EQ(spans.size(), 1U);
  EXPECT_EQ(Attribute<int64_t>(spans[0], "rpc.grpc.status_code"), 5);
  EXPECT_FALSE(spans[0].failed);
  for (const auto& [name, value] : spans[0].attributes) EXPECT_NE(name, "provnet.model");
}

TEST(TracingTest, AnEngineThatFailsIsAFailedSpan) {
  TracedServer traced(0);
  traced.server().model().Poison({3});
  traced.Explain(TraceParent("01"));
  EXPECT_EQ(traced.status().error_code(), grpc::StatusCode::INTERNAL);
  const auto calls = traced.exported().calls();
  ASSERT_EQ(calls.size(), 1U);
  EXPECT_TRUE(calls[0].failed);
  EXPECT_EQ(Attribute<int64_t>(calls[0], "rpc.grpc.status_code"), 13);
}

TEST(TracingTest, AStreamIsOneSpan) {
  TracedServer traced(0);
  grpc::ClientContext context;
  context.AddMetadata("traceparent", TraceParent("01"));
  const auto stream = traced.server().stub().ExplainStream(&context);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(stream->Write(MakeRequest()));
  EXPECT_TRUE(stream->WritesDone());
  v1::ExplainStreamResponse response;
  while (stream->Read(&response)) continue;
  EXPECT_TRUE(stream->Finish().ok());
  const auto spans = traced.exported().spans();
  ASSERT_EQ(spans.size(), 1U);
  EXPECT_EQ(Attribute<std::string>(spans[0], "rpc.method"), "ExplainStream");
  EXPECT_EQ(Attribute<std::string>(spans[0], "provnet.model"), "digits");
  EXPECT_EQ(Attribute<int64_t>(spans[0], "provnet.stream_requests"), 3);
}

}  // namespace
}  // namespace provnet
