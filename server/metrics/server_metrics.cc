#include "server/metrics/server_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <atomic>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "server/metrics/process_metrics.h"
#include "storage/base/mutex.h"
#include "storage/base/version.h"

namespace provnet {
namespace {

using prometheus::Counter;
using prometheus::Gauge;
using prometheus::Histogram;

// gRPC's 17 codes, which are Abseil's too.
constexpr size_t kCodeCount = 17;

const Histogram::BucketBoundaries& SecondsBuckets() {
  static const auto* buckets = new Histogram::BucketBoundaries{
      .0005, .001, .002, .004, .008, .016, .032, .064, .128, .256, .512, 1, 2, 4, 8, 16};
  return *buckets;
}

const Histogram::BucketBoundaries& SizeBuckets() {
  static const auto* buckets =
      new Histogram::BucketBoundaries{1, 2, 4, 8, 16, 32, 48, 64, 96, 128, 192, 256, 512};
  return *buckets;
}

std::string CodeName(size_t code) {
  return absl::StatusCodeToString(static_cast<absl::StatusCode>(code));
}

// Why a version of a model is refused, for people who choose what to do.
std::string RefusalReason(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kDataLoss:
      return "damaged";
    case absl::StatusCode::kNotFound:
      return "missing";
    case absl::StatusCode::kResourceExhausted:
      return "memory";
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kInvalidArgument:
      return "unsuitable";
    default:
      return "other";
  }
}

}  // namespace

// Children resolved once, so that an event costs no lookup.
class ServerMetrics::QueueMetrics final : public BatchProbe {
 public:
  QueueMetrics(Impl& impl, const std::string& model);

  void TaskOffered() override { depth_.Increment(); }
  void WaitPredicted(absl::Duration wait) override {
    predicted_wait_.Set(absl::ToDoubleSeconds(wait));
  }
  void TaskRejected(RejectReason reason) override {
    depth_.Decrement();
    rejected_[static_cast<size_t>(reason)]->Increment();
  }
  void TaskWaited(absl::Duration wait) override { wait_.Observe(absl::ToDoubleSeconds(wait)); }
  void BatchFormed(size_t size, DispatchReason reason) override {
    depth_.Decrement(static_cast<double>(size));
    size_.Observe(static_cast<double>(size));
    dispatched_[static_cast<size_t>(reason)]->Increment();
  }
  void TasksLate(size_t count) override { late_.Increment(static_cast<double>(count)); }

 private:
  Gauge& depth_;
  Gauge& predicted_wait_;
  Counter& late_;
  Histogram& wait_;
  Histogram& size_;
  std::array<Counter*, 4> dispatched_;
  std::array<Counter*, kRejectReasonCount> rejected_;
};

struct ServerMetrics::Impl {
  // Resolved on first use and kept, since most pairs of rpc and code never occur.
  Histogram& RequestDuration(Rpc rpc, size_t code) {
    std::atomic<Histogram*>& child = durations[static_cast<size_t>(rpc)][code];
    Histogram* histogram = child.load(std::memory_order_acquire);
    if (histogram == nullptr) {
      histogram = &request_duration.Add(
          {{"rpc", std::string(RpcName(rpc))}, {"code", CodeName(code)}}, SecondsBuckets());
      child.store(histogram, std::memory_order_release);
    }
    return *histogram;
  }

  prometheus::Registry registry;
  ProcessMetrics process;
  prometheus::Family<Histogram>& request_duration =
      prometheus::BuildHistogram()
          .Name("provnet_request_duration_seconds")
          .Help("Time from a request's arrival to its status, in seconds.")
          .Register(registry);
  prometheus::Family<Counter>& abandoned =
      prometheus::BuildCounter()
          .Name("provnet_requests_abandoned_total")
          .Help("Requests whose caller gave up before the answer.")
          .Register(registry);
  std::array<Counter*, kRpcCount> abandoned_by_rpc{};
  Counter& damaged = prometheus::BuildCounter()
                         .Name("provnet_samples_damaged_total")
                         .Help("Stored samples that were asked for and found damaged.")
                         .Register(registry)
                         .Add({});
  prometheus::Family<Histogram>& queue_wait =
      prometheus::BuildHistogram()
          .Name("provnet_queue_wait_seconds")
          .Help("Time in the queue until run or dropped, in seconds.")
          .Register(registry);
  prometheus::Family<Histogram>& batch_size = prometheus::BuildHistogram()
                                                  .Name("provnet_batch_size")
                                                  .Help("Requests that ran together.")
                                                  .Register(registry);
  prometheus::Family<Counter>& batch_dispatch = prometheus::BuildCounter()
                                                    .Name("provnet_batch_dispatch_total")
                                                    .Help("Batches by why they were closed.")
                                                    .Register(registry);
  prometheus::Family<Gauge>& queue_depth = prometheus::BuildGauge()
                                               .Name("provnet_queue_depth")
                                               .Help("Requests that wait in the queue.")
                                               .Register(registry);
  prometheus::Family<Gauge>& predicted_wait =
      prometheus::BuildGauge()
          .Name("provnet_queue_predicted_wait_seconds")
          .Help("How long the newest request would wait by the forecast, in seconds.")
          .Register(registry);
  prometheus::Family<Counter>& late = prometheus::BuildCounter()
                                          .Name("provnet_requests_late_total")
                                          .Help("Requests whose deadline passed while they ran.")
                                          .Register(registry);
  prometheus::Family<Counter>& rejected =
      prometheus::BuildCounter()
          .Name("provnet_requests_rejected_total")
          .Help("Requests that the queue refused or dropped, by why.")
          .Register(registry);
  prometheus::Family<Gauge>& model_info = prometheus::BuildGauge()
                                              .Name("provnet_model_info")
                                              .Help("1 for each loaded model version.")
                                              .Register(registry);
  prometheus::Family<Gauge>& model_version = prometheus::BuildGauge()
                                                 .Name("provnet_model_version")
                                                 .Help("The version that answers by default.")
                                                 .Register(registry);
  Counter& loads = prometheus::BuildCounter()
                       .Name("provnet_model_loads_total")
                       .Help("Model versions that were loaded.")
                       .Register(registry)
                       .Add({});
  Counter& unloads = prometheus::BuildCounter()
                         .Name("provnet_model_unloads_total")
                         .Help("Model versions whose memory was freed again.")
                         .Register(registry)
                         .Add({});
  Counter& config_failures = prometheus::BuildCounter()
                                 .Name("provnet_serving_config_failures_total")
                                 .Help("Texts of serving.json that could not be used.")
                                 .Register(registry)
                                 .Add({});
  Gauge& labels_waiting = prometheus::BuildGauge()
                              .Name("provnet_serving_labels_waiting")
                              .Help("Labels of serving.json whose version is not loaded.")
                              .Register(registry)
                              .Add({});
  Gauge& repository_lost =
      prometheus::BuildGauge()
          .Name("provnet_repository_lost")
          .Help("1 while the model repository can't be read or is empty, else 0.")
          .Register(registry)
          .Add({});
  prometheus::Family<Counter>& load_failures =
      prometheus::BuildCounter()
          .Name("provnet_model_load_failures_total")
          .Help("Tries to load a model version that ended in a refusal, by why.")
          .Register(registry);
  prometheus::Family<Gauge>& ready =
      prometheus::BuildGauge()
          .Name("provnet_ready")
          .Help("1 while the server is able to do what callers come for, else 0.")
          .Register(registry);
  std::array<Gauge*, kCapabilityCount> ready_for{};
  prometheus::Family<Counter>& disclosures =
      prometheus::BuildCounter()
          .Name("provnet_disclosures_total")
          .Help("Answers that show training samples: recorded, or refused for want of a record.")
          .Register(registry);
  Counter& disclosures_recorded = disclosures.Add({{"outcome", "recorded"}});
  Counter& disclosures_refused = disclosures.Add({{"outcome", "refused"}});
  prometheus::Family<Counter>& membership_refusals =
      prometheus::BuildCounter()
          .Name("provnet_membership_refusals_total")
          .Help("Questions about membership that were refused for a budget's sake.")
          .Register(registry);
  Counter& budget_used = membership_refusals.Add({{"reason", "budget_used"}});
  Counter& budget_not_recorded = membership_refusals.Add({{"reason", "budget_not_recorded"}});
  Counter& refused_connections = prometheus::BuildCounter()
                                     .Name("provnet_connections_refused_total")
                                     .Help("Connections that were one too many.")
                                     .Register(registry)
                                     .Add({});
  prometheus::Family<Counter>& spans = prometheus::BuildCounter()
                                           .Name("provnet_trace_spans_total")
                                           .Help("Spans of traced calls, by what became of them.")
                                           .Register(registry);
  Counter& spans_exported = spans.Add({{"outcome", "exported"}});
  Counter& spans_failed = spans.Add({{"outcome", "failed"}});
  Counter& spans_dropped = spans.Add({{"outcome", "dropped"}});
  prometheus::Family<Counter>& reloads = prometheus::BuildCounter()
                                             .Name("provnet_security_reloads_total")
                                             .Help("Changes of rules and certificates, by outcome.")
                                             .Register(registry);
  prometheus::Family<Gauge>& certificate_expiry =
      prometheus::BuildGauge()
          .Name("provnet_tls_certificate_expiry_timestamp_seconds")
          .Help("When the first of the certificates in use expires, in seconds since 1970.")
          .Register(registry);
  std::array<std::array<std::atomic<Histogram*>, kCodeCount>, kRpcCount> durations{};

  static prometheus::Labels InfoLabels(const LoadedModel& model);
  void ShowVersion(const std::string& model) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);

  Mutex mutex;
  std::map<std::string, QueueMetrics, std::less<>> queues ABSL_GUARDED_BY(mutex);
  // The versions of each model that answer.
  std::map<std::string, std::set<uint64_t>> loaded ABSL_GUARDED_BY(mutex);
};

ServerMetrics::QueueMetrics::QueueMetrics(Impl& impl, const std::string& model)
    : depth_(impl.queue_depth.Add({{"model", model}})),
      predicted_wait_(impl.predicted_wait.Add({{"model", model}})),
      late_(impl.late.Add({{"model", model}})),
      wait_(impl.queue_wait.Add({{"model", model}}, SecondsBuckets())),
      size_(impl.batch_size.Add({{"model", model}}, SizeBuckets())) {
  const auto with_reason = [&model](absl::string_view reason) {
    return prometheus::Labels{{"model", model}, {"reason", std::string(reason)}};
  };
  for (size_t i = 0; i < dispatched_.size(); ++i) {
    dispatched_[i] =
        &impl.batch_dispatch.Add(with_reason(DispatchReasonName(static_cast<DispatchReason>(i))));
  }
  for (size_t i = 0; i < rejected_.size(); ++i) {
    rejected_[i] = &impl.rejected.Add(with_reason(RejectReasonName(static_cast<RejectReason>(i))));
  }
}

ServerMetrics::ServerMetrics() : impl_(std::make_unique<Impl>()) {
  prometheus::BuildGauge()
      .Name("provnet_build_info")
      .Help("1, labelled with the version of this build.")
      .Register(impl_->registry)
      .Add({{"version", std::string(kVersion)}})
      .Set(1);
  // So that rates exist before the first request and the first failure: a series that begins with 1
  // has no increase.
  for (const std::string what : {"access rules", "certificates"}) {
    for (const std::string outcome : {"ok", "failed"})
      impl_->reloads.Add({{"what", what}, {"outcome", outcome}});
  }
  for (const auto code : {absl::StatusCode::kDataLoss, absl::StatusCode::kNotFound,
                          absl::StatusCode::kResourceExhausted, absl::StatusCode::kInvalidArgument,
                          absl::StatusCode::kUnknown}) {
    impl_->load_failures.Add({{"reason", RefusalReason(code)}});
  }
  for (const Capability capability : kCapabilities) {
    impl_->ready_for[static_cast<size_t>(capability)] =
        &impl_->ready.Add({{"capability", std::string(CapabilityName(capability))}});
  }
  for (size_t rpc = 0; rpc < kRpcCount; ++rpc) {
    impl_->RequestDuration(static_cast<Rpc>(rpc), 0);
    impl_->abandoned_by_rpc[rpc] =
        &impl_->abandoned.Add({{"rpc", std::string(RpcName(static_cast<Rpc>(rpc)))}});
  }
}

ServerMetrics::~ServerMetrics() = default;

void ServerMetrics::RequestFinished(Rpc rpc, absl::StatusCode code, absl::Duration took) {
  auto number = static_cast<size_t>(code);
  if (number >= kCodeCount) number = static_cast<size_t>(absl::StatusCode::kUnknown);
  impl_->RequestDuration(rpc, number).Observe(absl::ToDoubleSeconds(took));
}

void ServerMetrics::RequestAbandoned(Rpc rpc) {
  impl_->abandoned_by_rpc[static_cast<size_t>(rpc)]->Increment();
}

void ServerMetrics::SamplesDamaged(size_t count) {
  impl_->damaged.Increment(static_cast<double>(count));
}

void ServerMetrics::SetReady(Capability capability, bool ready) {
  impl_->ready_for[static_cast<size_t>(capability)]->Set(ready ? 1 : 0);
}

void ServerMetrics::ConnectionRefused() { impl_->refused_connections.Increment(); }

void ServerMetrics::DisclosureJudged(bool made) {
  (made ? impl_->disclosures_recorded : impl_->disclosures_refused).Increment();
}

void ServerMetrics::BudgetExhausted(absl::string_view) { impl_->budget_used.Increment(); }

void ServerMetrics::BudgetNotRecorded(const absl::Status&) {
  impl_->budget_not_recorded.Increment();
}

void ServerMetrics::Reloaded(absl::string_view what) {
  impl_->reloads.Add({{"what", std::string(what)}, {"outcome", "ok"}}).Increment();
}

void ServerMetrics::ReloadFailed(absl::string_view what, const absl::Status&) {
  impl_->reloads.Add({{"what", std::string(what)}, {"outcome", "failed"}}).Increment();
}

void ServerMetrics::CertificateExpires(absl::string_view what, absl::Time when) {
  impl_->certificate_expiry.Add({{"certificate", std::string(what)}})
      .Set(absl::ToDoubleSeconds(when - absl::UnixEpoch()));
}

prometheus::Labels ServerMetrics::Impl::InfoLabels(const LoadedModel& model) {
  return {{"model", model.name},
          {"version", absl::StrCat(model.version)},
          {"device", model.device},
          {"index_precision", model.index_precision}};
}

void ServerMetrics::Impl::ShowVersion(const std::string& model) {
  const auto found = loaded.find(model);
  if (found != loaded.end() && !found->second.empty()) {
    model_version.Add({{"model", model}}).Set(static_cast<double>(*found->second.rbegin()));
  } else {
    model_version.Remove(&model_version.Add({{"model", model}}));
  }
}

void ServerMetrics::ModelLoaded(const LoadedModel& model) {
  impl_->loads.Increment();
  impl_->model_info.Add(Impl::InfoLabels(model)).Set(1);
  const MutexLock lock(impl_->mutex);
  impl_->loaded[model.name].insert(model.version);
  impl_->ShowVersion(model.name);
}

void ServerMetrics::ModelRetired(const LoadedModel& model) {
  impl_->model_info.Remove(&impl_->model_info.Add(Impl::InfoLabels(model)));
  const MutexLock lock(impl_->mutex);
  impl_->loaded[model.name].erase(model.version);
  impl_->ShowVersion(model.name);
}

void ServerMetrics::ModelUnloaded() { impl_->unloads.Increment(); }

void ServerMetrics::ServingConfigRefused() { impl_->config_failures.Increment(); }

void ServerMetrics::SetLabelsWaiting(size_t count) {
  impl_->labels_waiting.Set(static_cast<double>(count));
}

void ServerMetrics::SetRepositoryLost(bool lost) { impl_->repository_lost.Set(lost ? 1 : 0); }

void ServerMetrics::ModelRefused(const absl::Status& status) {
  impl_->load_failures.Add({{"reason", RefusalReason(status.code())}}).Increment();
}

void ServerMetrics::SpansExported(size_t count) {
  impl_->spans_exported.Increment(static_cast<double>(count));
}

void ServerMetrics::SpansFailed(size_t count) {
  impl_->spans_failed.Increment(static_cast<double>(count));
}

void ServerMetrics::SpansDropped(size_t count) {
  impl_->spans_dropped.Increment(static_cast<double>(count));
}

BatchProbe& ServerMetrics::BatchProbeFor(absl::string_view model) {
  const MutexLock lock(impl_->mutex);
  const std::string name(model);
  // A map's nodes stay where they are.
  return impl_->queues.try_emplace(name, *impl_, name).first->second;
}

std::string ServerMetrics::Text() const {
  std::vector<prometheus::MetricFamily> families = impl_->registry.Collect();
  for (prometheus::MetricFamily& family : impl_->process.Collect())
    families.push_back(std::move(family));
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace provnet
