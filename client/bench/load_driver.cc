#include "client/bench/load_driver.h"

#include <sys/resource.h>

#include <memory>
#include <optional>
#include <thread>

#include "absl/time/clock.h"
#include "client/bench/arrival_schedule.h"
#include "client/bench/load_counters.h"
#include "client/bench/server_probe.h"
#include "client/bench/stream_load.h"
#include "client/bench/unary_load.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

// CPU time of this process, all threads.
absl::Duration OwnCpu() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return absl::DurationFromTimeval(usage.ru_utime) + absl::DurationFromTimeval(usage.ru_stime);
}

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
                    UnaryLoad& calls) {
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
  report.streams = options.streams;
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
  // Sends until the window's end and waits for the last answers.
  std::thread sender([&] {
    if (options.streams > 0) {
      StreamLoad(options, requests, *counters).Start(window.end);
      return;
    }
    UnaryLoad calls(options, requests, *counters);
    if (options.rate > 0) {
      SendOnSchedule(options, start, window.end, calls);
    } else {
      calls.StartClosed(window.end);
    }
  });
  absl::SleepFor(window.begin - clock.Monotonic());
  before = UsageNow(options);
  absl::SleepFor(window.end - clock.Monotonic());
  after = UsageNow(options);
  sender.join();
  PROVNET_RETURN_IF_ERROR(before.status());
  PROVNET_RETURN_IF_ERROR(after.status());
  return Summarise(options, window, *counters, *before, *after);
}

}  // namespace provnet
