#include "server/tracing/call_trace.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace provnet {
namespace {

constexpr absl::string_view kService = "provnet.v1.ProvenanceService";

// The codes that OpenTelemetry's conventions for gRPC call a server's failure. The others are the
// caller's.
bool IsServersFault(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kUnimplemented:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDataLoss:
      return true;
    default:
      return false;
  }
}

}  // namespace

CallTrace::CallTrace(TraceContext own, std::string parent_span_id, Time start)
    : own_(std::move(own)), parent_span_id_(std::move(parent_span_id)), start_(start) {}

void CallTrace::AnsweredBy(absl::string_view model, uint64_t version) {
  model_ = std::string(model);
  version_ = version;
}

void CallTrace::Started(absl::Duration at, absl::Duration waited, size_t batch_size) {
  batch_ = Batch{at, waited, batch_size};
}

std::vector<Span> CallTrace::Spans(const Outcome& outcome, absl::Duration now) const {
  std::vector<Span> spans = {CallSpan(outcome, now)};
  if (!batch_.has_value()) return spans;
  spans.push_back(Part("queue", batch_->started - batch_->waited, batch_->started));
  spans.push_back(Part("execute", batch_->started, ran_at_.value_or(now)));
  return spans;
}

Span CallTrace::CallSpan(const Outcome& outcome, absl::Duration now) const {
  Span span;
  span.context = own_;
  span.parent_span_id = parent_span_id_;
  span.name = absl::StrCat(kService, "/", outcome.method);
  span.kind = Span::Kind::kServer;
  span.start = start_.calendar;
  span.took = now - start_.monotonic;
  span.failed = IsServersFault(outcome.code);
  span.attributes = {{"rpc.system", "grpc"},
                     {"rpc.service", std::string(kService)},
                     {"rpc.method", std::string(outcome.method)},
                     {"rpc.grpc.status_code", static_cast<int64_t>(outcome.code)},
                     {"provnet.request_id", std::string(outcome.request_id)}};
  if (!model_.empty()) {
    span.attributes.emplace_back("provnet.model", model_);
    span.attributes.emplace_back("provnet.model_version", static_cast<int64_t>(version_));
  }
  if (batch_.has_value()) {
    span.attributes.emplace_back("provnet.batch_size", static_cast<int64_t>(batch_->size));
    span.attributes.emplace_back("provnet.queue_seconds", absl::ToDoubleSeconds(batch_->waited));
  }
  if (requests_.has_value())
    span.attributes.emplace_back("provnet.stream_requests", static_cast<int64_t>(*requests_));
  return span;
}

Span CallTrace::Part(absl::string_view name, absl::Duration from, absl::Duration to) const {
  Span span;
  span.context = ChildOf(own_);
  span.parent_span_id = own_.span_id;
  span.name = std::string(name);
  span.start = Calendar(from);
  span.took = to - from;
  return span;
}

}  // namespace provnet
