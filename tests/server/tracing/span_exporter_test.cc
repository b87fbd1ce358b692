#include "server/tracing/span_exporter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

namespace provnet {
namespace {

class CountingProbe final : public TraceProbe {
 public:
  void SpansExported(size_t count) override { exported_ += count; }
  void SpansFailed(size_t count, absl::string_view) override { failed_ += count; }
  void SpansDropped(size_t count) override { dropped_ += count; }

  size_t exported() const { return exported_; }
  size_t all() const { return exported_ + failed_ + dropped_; }

 private:
  std::atomic<size_t> exported_{0}, failed_{0}, dropped_{0};
};

TEST(SpanExporterTest, ABuildThatCanNotExportSaysWhatItLacks) {
  if (CheckSpanExport().ok()) GTEST_SKIP() << "this build exports";
  CountingProbe probe;
  const auto exporter = OpenSpanExporter({false, "localhost", 4317}, probe);
  EXPECT_EQ(exporter.status().code(), absl::StatusCode::kUnimplemented);
  EXPECT_THAT(exporter.status().message(), testing::HasSubstr("opentelemetry-cpp was not found"));
}

TEST(SpanExporterTest, WithNobodyThereEverySpanIsAccountedForAndNoneIsWaitedFor) {
  if (!CheckSpanExport().ok()) GTEST_SKIP() << "this build was made without opentelemetry-cpp";
  CountingProbe probe;
  constexpr size_t kSpans = 10'000;
  {
    // Nobody may listen on the lowest port without rights, and nobody does.
    const auto exporter = OpenSpanExporter({false, "127.0.0.1", 1}, probe);
    ASSERT_TRUE(exporter.ok()) << exporter.status();
    Span span;
    span.context = {"4bf92f3577b34da6a3ce929d0e0e4736", "b7ad6b7169203331", true};
    span.name = "call";
    for (size_t i = 0; i < kSpans; ++i) (*exporter)->Export(span);
  }
  EXPECT_EQ(probe.exported(), 0U);
  EXPECT_EQ(probe.all(), kSpans);
}

}  // namespace
}  // namespace provnet
