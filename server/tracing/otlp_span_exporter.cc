// The exporter's headers before Abseil's: the other way round nostd::variant is ambiguous.
#include <opentelemetry/exporters/otlp/otlp_grpc_exporter_factory.h>
#include <opentelemetry/exporters/otlp/otlp_grpc_exporter_options.h>
// The SDK's.
#include <opentelemetry/sdk/common/global_log_handler.h>
#include <opentelemetry/sdk/instrumentationscope/instrumentation_scope.h>
#include <opentelemetry/sdk/resource/resource.h>
#include <opentelemetry/sdk/resource/resource_detector.h>
#include <opentelemetry/sdk/trace/batch_span_processor_factory.h>
#include <opentelemetry/sdk/trace/batch_span_processor_options.h>
#include <opentelemetry/sdk/trace/exporter.h>
#include <opentelemetry/sdk/trace/processor.h>
#include <opentelemetry/sdk/trace/recordable.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <exception>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/tracing/span_exporter.h"
#include "storage/base/clock.h"
#include "storage/base/mutex.h"
#include "storage/base/version.h"

namespace provnet {
namespace {

namespace common = opentelemetry::sdk::common;
namespace nostd = opentelemetry::nostd;
namespace otlp = opentelemetry::exporter::otlp;
namespace resource = opentelemetry::sdk::resource;
namespace sdk = opentelemetry::sdk::trace;
namespace trace = opentelemetry::trace;

constexpr size_t kMaxWaiting = 2048;
constexpr size_t kMaxBatch = 512;
constexpr std::chrono::seconds kPause{1};
// One try to reach the collector, and how long after the end begins there may be a further try.
constexpr std::chrono::seconds kExportTimeout{3};
constexpr absl::Duration kFlushLimit = absl::Seconds(3);

nostd::string_view View(absl::string_view text) { return {text.data(), text.size()}; }

// The last error of which the SDK complained. It knows the reasons, but tells them to its log only.
class Complaints final : public common::internal_log::LogHandler {
 public:
  void Handle(common::internal_log::LogLevel level, const char*, int, const char* message,
              const common::AttributeMap&) noexcept override {
    if (level != common::internal_log::LogLevel::Error) return;
    const MutexLock lock(mutex_);
    last_ = message;
  }

  std::string Take() {
    const MutexLock lock(mutex_);
    return std::exchange(last_, "");
  }

 private:
  Mutex mutex_;
  std::string last_ ABSL_GUARDED_BY(mutex_);
};

// The SDK's log is the process's.
Complaints& ListenToSdk() {
  static Complaints* const complaints = [] {
    using common::internal_log::GlobalLogHandler;
    // The SDK's from here on.
    auto* made = new Complaints;
    GlobalLogHandler::SetLogHandler(nostd::shared_ptr<common::internal_log::LogHandler>(made));
    GlobalLogHandler::SetLogLevel(common::internal_log::LogLevel::Error);
    return made;
  }();
  return *complaints;
}

// What goes into the SDK's queue and comes out of it. It bounds its queue, too, but drops silently.
class Flow {
 public:
  // Whether there is room for one more; it is then in.
  bool Enter() {
    if (waiting_.fetch_add(1, std::memory_order_relaxed) < kMaxWaiting) return true;
    waiting_.fetch_sub(1, std::memory_order_relaxed);
    return false;
  }
  void Leave(size_t count) { waiting_.fetch_sub(count, std::memory_order_relaxed); }

  // Nothing is sent any more from `when` on, on Clock::Steady().
  void EndAt(absl::Duration when) {
    end_microseconds_.store(absl::ToInt64Microseconds(when), std::memory_order_relaxed);
  }
  bool ended() const {
    return absl::ToInt64Microseconds(Clock::Steady().Monotonic()) >=
           end_microseconds_.load(std::memory_order_relaxed);
  }

 private:
  std::atomic<size_t> waiting_{0};
  std::atomic<int64_t> end_microseconds_{std::numeric_limits<int64_t>::max()};
};

// The exporter behind the SDK's queue, with an eye on what becomes of the spans.
class WatchedExporter final : public sdk::SpanExporter {
 public:
  // What is referred to outlives this.
  WatchedExporter(std::unique_ptr<sdk::SpanExporter> exporter, Flow& flow, TraceProbe& probe)
      : exporter_(std::move(exporter)), flow_(flow), probe_(probe) {}

  std::unique_ptr<sdk::Recordable> MakeRecordable() noexcept override {
    return exporter_->MakeRecordable();
  }

  common::ExportResult Export(
      const nostd::span<std::unique_ptr<sdk::Recordable>>& spans) noexcept override {
    flow_.Leave(spans.size());
    if (flow_.ended()) {
      probe_.SpansFailed(spans.size(), "the server ended before they could be sent");
      return common::ExportResult::kFailure;
    }
    const common::ExportResult result = exporter_->Export(spans);
    if (result == common::ExportResult::kSuccess) {
      probe_.SpansExported(spans.size());
    } else {
      probe_.SpansFailed(spans.size(), ListenToSdk().Take());
    }
    return result;
  }

  bool ForceFlush(std::chrono::microseconds timeout) noexcept override {
    return exporter_->ForceFlush(timeout);
  }
  bool Shutdown(std::chrono::microseconds timeout) noexcept override {
    return exporter_->Shutdown(timeout);
  }

 private:
  const std::unique_ptr<sdk::SpanExporter> exporter_;
  Flow& flow_;
  TraceProbe& probe_;
};

// An id out of its hexadecimal digits; the invalid one out of none.
template <typename Id>
Id IdOf(absl::string_view digits) {
  std::array<uint8_t, Id::kSize> bytes{};
  for (size_t i = 0; i < std::min(bytes.size(), digits.size() / 2); ++i) {
    const char* const from = digits.data() + 2 * i;
    std::from_chars(from, from + 2, bytes[i], 16);
  }
  return Id(nostd::span<const uint8_t, Id::kSize>(bytes.data(), bytes.size()));
}

opentelemetry::common::AttributeValue ValueOf(const Span::Value& value) {
  struct Convert {
    opentelemetry::common::AttributeValue operator()(int64_t number) const { return number; }
    opentelemetry::common::AttributeValue operator()(double number) const { return number; }
    opentelemetry::common::AttributeValue operator()(const std::string& text) const {
      return View(text);
    }
  };
  return std::visit(Convert(), value);
}

void Fill(const Span& span, sdk::Recordable& record) {
  const trace::TraceFlags flags(span.context.sampled ? trace::TraceFlags::kIsSampled : 0);
  record.SetIdentity(
      trace::SpanContext(IdOf<trace::TraceId>(span.context.trace_id),
                         IdOf<trace::SpanId>(span.context.span_id), flags, /*is_remote=*/false),
      IdOf<trace::SpanId>(span.parent_span_id));
  record.SetTraceFlags(flags);
  record.SetName(View(span.name));
  record.SetSpanKind(span.kind == Span::Kind::kServer ? trace::SpanKind::kServer
                                                      : trace::SpanKind::kInternal);
  record.SetStartTime(opentelemetry::common::SystemTimestamp(
      std::chrono::nanoseconds(absl::ToUnixNanos(span.start))));
  record.SetDuration(absl::ToChronoNanoseconds(span.took));
  // Texts of errors stay here: they may name what the caller sent.
  if (span.failed) record.SetStatus(trace::StatusCode::kError, "");
  for (const auto& [name, value] : span.attributes) record.SetAttribute(View(name), ValueOf(value));
}

std::string HostName() {
  char name[256] = "";
  ::gethostname(name, sizeof(name) - 1);
  return name;
}

// Who sends the spans: what the environment says goes first.
resource::Resource Sender() {
  const std::string host = HostName();
  resource::ResourceAttributes attributes = {{"service.name", "provnet-server"},
                                             {"service.version", View(kVersion)},
                                             {"host.name", View(host)}};
  const resource::Resource environment = resource::OTELResourceDetector().Detect();
  for (const auto& [name, value] : environment.GetAttributes()) attributes[name] = value;
  return resource::Resource::Create(attributes);
}

std::unique_ptr<sdk::SpanExporter> MakeExporter(const OtlpEndpoint& endpoint) {
  // As the environment says, but for what the flag does.
  otlp::OtlpGrpcExporterOptions options;
  options.endpoint = endpoint.ToString();
  options.use_ssl_credentials = endpoint.tls;
  options.timeout = std::min<std::chrono::system_clock::duration>(options.timeout, kExportTimeout);
#ifdef ENABLE_ASYNC_EXPORT
  // So that the outcome is known.
  options.max_concurrent_requests = 1;
#endif
  return otlp::OtlpGrpcExporterFactory::Create(options);
}

class OtlpSpanExporter final : public SpanExporter {
 public:
  OtlpSpanExporter(const OtlpEndpoint& endpoint, TraceProbe& probe)
      : probe_(probe),
        sender_(Sender()),
        scope_(opentelemetry::sdk::instrumentationscope::InstrumentationScope::Create(
            "provnet", View(kVersion))) {
    sdk::BatchSpanProcessorOptions options;
    // Flow lets in no more.
    options.max_queue_size = kMaxWaiting;
    options.max_export_batch_size = kMaxBatch;
    options.schedule_delay_millis = kPause;
    processor_ = sdk::BatchSpanProcessorFactory::Create(
        std::make_unique<WatchedExporter>(MakeExporter(endpoint), flow_, probe), options);
  }

  ~OtlpSpanExporter() override {
    // The SDK sends all that waits, however long that takes; each batch asks Flow.
    flow_.EndAt(Clock::Steady().Monotonic() + kFlushLimit);
    processor_->Shutdown();
  }

  void Export(const Span& span) override {
    if (!flow_.Enter()) return probe_.SpansDropped(1);
    std::unique_ptr<sdk::Recordable> record = processor_->MakeRecordable();
    record->SetResource(sender_);
    record->SetInstrumentationScope(*scope_);
    Fill(span, *record);
    processor_->OnEnd(std::move(record));
  }

 private:
  TraceProbe& probe_;
  const resource::Resource sender_;
  const nostd::unique_ptr<opentelemetry::sdk::instrumentationscope::InstrumentationScope> scope_;
  Flow flow_;
  std::unique_ptr<sdk::SpanProcessor> processor_;
};

}  // namespace

absl::Status CheckSpanExport() { return absl::OkStatus(); }

absl::StatusOr<std::unique_ptr<SpanExporter>> OpenSpanExporter(const OtlpEndpoint& endpoint,
                                                               TraceProbe& probe) {
  ListenToSdk();
  try {
    return std::make_unique<OtlpSpanExporter>(endpoint, probe);
  } catch (const std::exception& error) {
    return absl::InternalError(absl::StrCat("no spans can be exported: ", error.what()));
  }
}

}  // namespace provnet
