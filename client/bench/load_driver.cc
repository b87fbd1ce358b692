#include "client/bench/load_driver.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "client/bench/arrival_schedule.h"
#include "client/bench/load_counters.h"
#include "client/bench/server_probe.h"
#include "client/channel.h"
#include "client/rpc_failure.h"
#include "client/throttles.h"
#include "storage/base/mutex.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

constexpr char kMethod[] = "/provnet.v1.ProvenanceService/Explain";

// CPU time of this process, all threads.
absl::Duration OwnCpu() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return absl::DurationFromTimeval(usage.ru_utime) + absl::DurationFromTimeval(usage.ru_stime);
}

// Sends calls and counts how they end. A caller is a place for one call under way; callers are made
// once and reused. The destructor waits for every call.
class CallPool {
 public:
  CallPool(const LoadOptions& options, absl::Span<const v1::ExplainRequest> requests,
           LoadCounters& counters)
      : options_(options), clock_(*options.client.environment.clock), counters_(counters) {
    for (size_t i = 0; i < options.channels; ++i) {
      stubs_.push_back(
          std::make_unique<grpc::GenericStub>(MakeChannel(options.client, static_cast<int>(i))));
    }
    for (const v1::ExplainRequest& request : requests) {
      std::string bytes = request.SerializeAsString();
      grpc::Slice slice(bytes);
      serialized_.emplace_back(&slice, 1);
    }
  }

  ~CallPool() {
    MutexLock lock(mutex_);
    while (free_.size() < callers_.size()) freed_.Wait(mutex_);
  }

  // Closed loop: `count` callers that send one call after the other until `end`.
  void StartClosed(size_t count, absl::Duration end) {
    for (size_t i = 0; i < count; ++i) {
      Caller* caller = TakeCaller();
      SendClosed(*caller, end);
    }
  }

  // Open loop: one call that was due at `due`. Waits for a caller when max_outstanding calls are
  // under way.
  void SendOpen(absl::Duration due) {
    if (options_.throttle &&
        throttles_.HoldBack(kMethod, clock_.Monotonic(), options_.client.environment.random())) {
      counters_.CallHeldBack(due);
      return;
    }
    Caller* caller = TakeCaller();
    Send(*caller, due, [this, caller] { GiveBack(caller); });
  }

 private:
  struct Caller {
    CallTimes times;
    std::optional<grpc::ClientContext> context;
    grpc::ByteBuffer response;
  };

  void SendClosed(Caller& caller, absl::Duration end) {
    Send(caller, clock_.Monotonic(), [this, &caller, end] {
      if (clock_.Monotonic() < end) {
        SendClosed(caller, end);
      } else {
        GiveBack(&caller);
      }
    });
  }

  template <typename Then>
  void Send(Caller& caller, absl::Duration due, Then then) {
    caller.times.due = due;
    caller.context.emplace();
    PrepareCall(*caller.context, options_.client, options_.client.timeout);
    caller.response.Clear();
    const size_t turn = turn_.fetch_add(1, std::memory_order_relaxed);
    grpc::GenericStub& stub = *stubs_[turn % stubs_.size()];
    caller.times.sent = clock_.Monotonic();
    stub.UnaryCall(&*caller.context, kMethod, {}, &serialized_[turn % serialized_.size()],
                   &caller.response, [this, &caller, then](grpc::Status status) {
                     caller.times.ended = clock_.Monotonic();
                     if (options_.throttle)
                       throttles_.Observe(kMethod, caller.times.ended, ToRpcFailure(status));
                     counters_.CallEnded(caller.times,
                                         static_cast<absl::StatusCode>(status.error_code()),
                                         status.ok() ? caller.response.Length() : 0);
                     then();
                   });
  }

  Caller* TakeCaller() {
    MutexLock lock(mutex_);
    const size_t limit = options_.rate > 0 ? options_.max_outstanding : options_.concurrency;
    while (free_.empty() && callers_.size() == limit) freed_.Wait(mutex_);
    if (free_.empty()) {
      callers_.push_back(std::make_unique<Caller>());
      return callers_.back().get();
    }
    Caller* caller = free_.back();
    free_.pop_back();
    return caller;
  }

  void GiveBack(Caller* caller) {
    MutexLock lock(mutex_);
    free_.push_back(caller);
    freed_.SignalAll();
  }

  const LoadOptions& options_;
  const Clock& clock_;
  LoadCounters& counters_;
  std::vector<std::unique_ptr<grpc::GenericStub>> stubs_;
  std::vector<grpc::ByteBuffer> serialized_;
  std::atomic<size_t> turn_ = 0;
  Throttles throttles_;

  Mutex mutex_;
  CondVar freed_;
  std::vector<std::unique_ptr<Caller>> callers_ ABSL_GUARDED_BY(mutex_);
  std::vector<Caller*> free_ ABSL_GUARDED_BY(mutex_);
};

// What both processes had used by some moment.
struct Usage {
  absl::Duration client_cpu;
  std::optional<ProcessUsage> server;
};

absl::StatusOr<Usage> UsageNow(const LoadOptions& options) {
  Usage usage{OwnCpu(), std::nullopt};
  if (!options.http.empty()) {
    PROVNET_ASSIGN_OR_RETURN(usage.server, ReadProcessUsage(options.http));
  }
  return usage;
}

void SendOnSchedule(const LoadOptions& options, absl::Duration start, absl::Duration end,
                    CallPool& calls) {
  const Clock& clock = *options.client.environment.clock;
  ArrivalSchedule schedule(options.rate, start, options.seed);
  while (schedule.Next() < end) {
    absl::SleepFor(schedule.Wait(clock.Monotonic()));
    calls.SendOpen(schedule.Take());
  }
}

LatencySummary SummaryOf(const LogHistogram& latency) {
  return {latency.count(),       latency.Mean(),         latency.Quantile(0.5),
          latency.Quantile(0.9), latency.Quantile(0.99), latency.Quantile(0.999),
          latency.Max()};
}

BenchReport Summarise(const LoadOptions& options, const MeasuredWindow& window,
                      const LoadCounters& counters, const Usage& before, const Usage& after) {
  BenchReport report;
  report.loop = options.rate > 0 ? "open" : "closed";
  report.concurrency = options.rate > 0 ? 0 : options.concurrency;
  report.rate = options.rate;
  report.channels = options.channels;
  report.window = window.end - window.begin;
  report.succeeded = counters.succeeded();
  report.response_bytes = counters.response_bytes();
  report.failures = counters.Failures();
  report.deadline = options.client.timeout;
  report.offered = counters.offered();
  report.held_back = counters.held_back();
  report.in_time = counters.in_time();
  report.latency = SummaryOf(counters.latency());
  report.refusal_latency = SummaryOf(counters.refusal_latency());
  report.send_lag = SummaryOf(counters.send_lag());
  report.client_cpu = after.client_cpu - before.client_cpu;
  if (after.server.has_value()) {
    report.server = {after.server->cpu - before.server->cpu, after.server->rss_bytes,
                     after.server->requests_run - before.server->requests_run,
                     after.server->requests_late - before.server->requests_late};
  }
  return report;
}

}  // namespace

absl::Status Validate(const LoadOptions& options) {
  if (options.concurrency == 0 || options.channels == 0 || options.max_outstanding == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("concurrency is ", options.concurrency, ", channels ", options.channels,
                     ", max_outstanding ", options.max_outstanding, "; expected each at least 1"));
  }
  if (options.rate < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("rate is ", options.rate, "; expected requests a second, or 0"));
  }
  if (options.throttle && options.rate == 0) {
    return absl::InvalidArgumentError(
        "throttle is set without a rate; expected the open loop (--rate), since callers that wait "
        "for their answers hold themselves back");
  }
  if (options.duration <= absl::ZeroDuration() || options.warmup < absl::ZeroDuration()) {
    return absl::InvalidArgumentError(
        absl::StrCat("duration is ", absl::FormatDuration(options.duration), " and warmup ",
                     absl::FormatDuration(options.warmup),
                     "; expected a duration above zero and no negative warmup"));
  }
  return absl::OkStatus();
}

absl::StatusOr<BenchReport> RunLoad(const LoadOptions& options,
                                    absl::Span<const v1::ExplainRequest> requests) {
  PROVNET_RETURN_IF_ERROR(Validate(options));
  if (requests.empty())
    return absl::InvalidArgumentError("no request to send; expected at least one");
  PROVNET_RETURN_IF_ERROR(UsageNow(options).status());

  const Clock& clock = *options.client.environment.clock;
  const absl::Duration start = clock.Monotonic();
  const MeasuredWindow window{start + options.warmup, start + options.warmup + options.duration};
  auto counters = std::make_unique<LoadCounters>(window, options.client.timeout);
  absl::StatusOr<Usage> before, after;
  {
    CallPool calls(options, requests, *counters);
    std::thread sender([&] {
      if (options.rate > 0) {
        SendOnSchedule(options, start, window.end, calls);
      } else {
        calls.StartClosed(options.concurrency, window.end);
      }
    });
    absl::SleepFor(window.begin - clock.Monotonic());
    before = UsageNow(options);
    absl::SleepFor(window.end - clock.Monotonic());
    after = UsageNow(options);
    sender.join();
  }
  PROVNET_RETURN_IF_ERROR(before.status());
  PROVNET_RETURN_IF_ERROR(after.status());
  return Summarise(options, window, *counters, *before, *after);
}

}  // namespace provnet
