// provnet-server: flags -> Options -> objects.
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <limits>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/flags/flag.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/batching/own_cores.h"
#include "server/batching/thread_plan.h"
#include "server/cli/connection_flags.h"
#include "server/cli/door_flags.h"
#include "server/cli/first_load.h"
#include "server/cli/heap_arenas.h"
#include "server/cli/lifecycle_flags.h"
#include "server/cli/lifecycle_reporter.h"
#include "server/cli/model_loader.h"
#include "server/cli/security_flags.h"
#include "server/cli/security_setup.h"
#include "server/cli/tracing_flags.h"
#include "server/cli/tracing_setup.h"
#include "server/engine/servable.h"
#include "server/lifecycle/model_lifecycle.h"
#include "server/lifecycle/model_registry.h"
#include "server/lifecycle/model_unloader.h"
#include "server/lifecycle/repository_watcher.h"
#include "server/metrics/server_metrics.h"
#include "server/model/library_environment.h"
#include "server/service/flag_parsing.h"
#include "server/service/grpc_log.h"
#include "server/service/listen_address.h"
#include "server/service/port_file.h"
#include "server/service/server.h"
#include "server/service/shutdown_signals.h"
#include "server/service/stop_request.h"
#include "server/service/structured_log.h"
#include "storage/base/available_cores.h"
#include "storage/base/status_macros.h"
#include "storage/base/status_prefix.h"
#include "storage/base/version.h"
#include "storage/command_line/command_line.h"
#include "storage/repository.h"

ABSL_FLAG(std::string, model_repository, "",
          "folder of <model>/<version>/ bundles to serve; required");
ABSL_FLAG(std::string, listen, "127.0.0.1:8500",
          "HOST:PORT for gRPC; port 0 lets the system choose");
ABSL_FLAG(std::string, http, "127.0.0.1:8501",
          "HOST:PORT for /metrics, /healthz and /readyz; port 0 lets the system choose");
ABSL_FLAG(std::string, port_file, "",
          "once ready, write the bound addresses here as grpc=HOST:PORT and http=HOST:PORT lines");
ABSL_FLAG(std::string, device, "auto",
          "auto, cpu, cuda or cuda:<n>; auto is CUDA where it is there");
ABSL_FLAG(
    std::string, index_precision, "auto",
    "auto, fp32, bf16 or int8; auto is bf16 on processors with instructions for it, else fp32");
ABSL_FLAG(std::string, index_search, "auto",
          "auto, exact or approximate; auto is approximate for embedding heads whose bundle has "
          "cells, on the CPU");
ABSL_FLAG(int, max_batch_size, 64, "most requests that run together");
ABSL_FLAG(int, max_queue, 1024, "most requests that wait for a model; more get RESOURCE_EXHAUSTED");
ABSL_FLAG(absl::Duration, max_queue_wait, absl::Seconds(10),
          "longest predicted wait with which a request is taken; more get RESOURCE_EXHAUSTED");
ABSL_FLAG(absl::Duration, priority_head_start, absl::Milliseconds(500),
          "a request overtakes those of lower priority that came up to this much before it");
ABSL_FLAG(absl::Duration, linger, absl::ZeroDuration(),
          "how long an idle executor holds back a batch that is not full; 0 answers at once");
ABSL_FLAG(bool, gather, true,
          "whether requests that come faster than they could be run one by one are held back for "
          "up to a tenth of what a full batch takes, for larger batches and more throughput");
ABSL_FLAG(int, executors, 0, "batches of a model that run at a time; 0 chooses");
ABSL_FLAG(int, intra_op_threads, 0, "threads of one batch; 0 chooses so that the cores suffice");
ABSL_FLAG(
    bool, own_cores, false,
    "for a server that has its cores to itself, as one that is pinned: its threads take turns "
    "instead of interrupting one another, for more throughput; others would interrupt them");
ABSL_FLAG(absl::Duration, drain_timeout, absl::Seconds(15),
          "how long requests in flight may take to finish after SIGTERM");
ABSL_FLAG(int64_t, max_pixels, int64_t{16} << 20, "largest image to decode, width times height");
ABSL_FLAG(int, max_request_bytes, 16 << 20, "largest request message");
ABSL_FLAG(int, max_response_content_bytes, (4 << 20) - (256 << 10),
          "most bytes of sample contents in one response");
ABSL_FLAG(int, max_top_k, 1000, "largest top_k");
ABSL_FLAG(int, max_exemplars, 1024, "most samples of one GetExemplars call");
ABSL_FLAG(int, max_stream_in_flight, 128, "unanswered requests of a stream; reading pauses there");
ABSL_FLAG(std::string, log_format, "json", "json or text");
ABSL_FLAG(std::string, log_level, "info", "debug (with every request), info, warning or error");

namespace provnet {
namespace {

constexpr int kFailed = 1;
constexpr int kWrongUsage = 2;
// Where flags are defined.
constexpr char kSource[] = "server/";

struct Options {
  std::filesystem::path model_repository;
  std::filesystem::path port_file;
  EngineOptions engine;
  LifecycleOptions lifecycle;
  ModelStarter::Options models;
  ServerOptions server;
  SecurityOptions security;
  TracingOptions tracing;
  absl::Duration drain_timeout;
  bool own_cores = false;
  LogFormat log_format = LogFormat::kJson;
  LogLevel log_level = LogLevel::kInfo;
};

constexpr char kUsage[] =
    R"(usage: provnet-server --model-repository=DIR [flags]

Serves the highest version of each model in DIR over gRPC, and changes to a higher one that appears. On SIGTERM or SIGINT it finishes what is in
flight and exits with 0; with 1 when it could not start or requests were cut, with 2 when a flag can't be used. --version prints the version.

)";

// INVALID_ARGUMENT unless `value` is in `lowest .. highest`.
absl::Status CheckRange(absl::string_view flag, int64_t value, int64_t lowest, int64_t highest) {
  if (value >= lowest && value <= highest) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(flag, " is ", value, ", expected ", lowest, " .. ", highest));
}

absl::Status CheckEngineFlags(const EngineOptions& engine) {
  const std::string& device = engine.device;
  if (device != "auto" && device != "cpu" && device != "cuda" &&
      !absl::StartsWith(device, "cuda:")) {
    return absl::InvalidArgumentError(
        absl::StrCat("--device is \"", device, "\", expected auto, cpu, cuda or cuda:<n>"));
  }
  const std::string& precision = engine.index_precision;
  if (precision != "auto" && precision != "fp32" && precision != "bf16" && precision != "int8") {
    return absl::InvalidArgumentError(absl::StrCat("--index-precision is \"", precision,
                                                   "\", expected auto, fp32, bf16 or int8"));
  }
  const std::string& search = engine.index_search;
  if (search != "auto" && search != "exact" && search != "approximate") {
    return absl::InvalidArgumentError(
        absl::StrCat("--index-search is \"", search, "\", expected auto, exact or approximate"));
  }
  return absl::OkStatus();
}

absl::Status CheckNumbers() {
  constexpr int64_t kMany = 1 << 20;
  constexpr int64_t kMaxBytes = std::numeric_limits<int32_t>::max();
  const std::tuple<const char*, int64_t, int64_t, int64_t> rows[] = {
      {"--max-batch-size", absl::GetFlag(FLAGS_max_batch_size), 1, kMany},
      {"--max-queue", absl::GetFlag(FLAGS_max_queue), 1, kMany},
      {"--executors", absl::GetFlag(FLAGS_executors), 0, 1024},
      {"--intra-op-threads", absl::GetFlag(FLAGS_intra_op_threads), 0, 1024},
      {"--max-pixels", absl::GetFlag(FLAGS_max_pixels), 1, int64_t{1} << 32},
      {"--max-request-bytes", absl::GetFlag(FLAGS_max_request_bytes), 1024, kMaxBytes},
      {"--max-response-content-bytes", absl::GetFlag(FLAGS_max_response_content_bytes), 1024,
       int64_t{1} << 30},
      {"--max-top-k", absl::GetFlag(FLAGS_max_top_k), 1, kMany},
      {"--max-exemplars", absl::GetFlag(FLAGS_max_exemplars), 1, kMany},
      {"--max-stream-in-flight", absl::GetFlag(FLAGS_max_stream_in_flight), 1, kMany},
  };
  for (const auto& [flag, value, lowest, highest] : rows)
    PROVNET_RETURN_IF_ERROR(CheckRange(flag, value, lowest, highest));
  return absl::OkStatus();
}

absl::Status CheckDurations() {
  const absl::Duration wait = absl::GetFlag(FLAGS_max_queue_wait);
  if (wait <= absl::ZeroDuration()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--max-queue-wait is ", absl::FormatDuration(wait), ", expected more than 0"));
  }
  const std::tuple<absl::string_view, absl::Duration> rows[] = {
      {"--priority-head-start", absl::GetFlag(FLAGS_priority_head_start)},
      {"--linger", absl::GetFlag(FLAGS_linger)},
      {"--drain-timeout", absl::GetFlag(FLAGS_drain_timeout)},
  };
  for (const auto& [flag, value] : rows) PROVNET_RETURN_IF_ERROR(CheckNotNegative(flag, value));
  return absl::OkStatus();
}

absl::StatusOr<ListenAddress> ParseAddressFlag(absl::string_view flag, absl::string_view value) {
  absl::StatusOr<ListenAddress> address = ParseListenAddress(value);
  if (!address.ok()) return WithPrefix(flag, address.status());
  return address;
}

void FillLimits(RequestLimits& limits) {
  limits.max_top_k = static_cast<uint32_t>(absl::GetFlag(FLAGS_max_top_k));
  limits.image.max_pixels = static_cast<uint64_t>(absl::GetFlag(FLAGS_max_pixels));
  // The message limit bounds it already.
  limits.image.max_bytes = static_cast<size_t>(absl::GetFlag(FLAGS_max_request_bytes));
  limits.max_exemplars = static_cast<size_t>(absl::GetFlag(FLAGS_max_exemplars));
  limits.max_content_bytes = static_cast<size_t>(absl::GetFlag(FLAGS_max_response_content_bytes));
  limits.max_stream_in_flight = static_cast<size_t>(absl::GetFlag(FLAGS_max_stream_in_flight));
}

void FillQueue(const ThreadPlan& threads, BatchQueue::Options& queue) {
  queue.max_waiting = static_cast<size_t>(absl::GetFlag(FLAGS_max_queue));
  queue.executors = threads.executors;
  queue.limits.max_batch_size = static_cast<size_t>(absl::GetFlag(FLAGS_max_batch_size));
  queue.max_predicted_wait = absl::GetFlag(FLAGS_max_queue_wait);
  queue.head_start = absl::GetFlag(FLAGS_priority_head_start);
  queue.limits.linger = absl::GetFlag(FLAGS_linger);
  queue.limits.gather = absl::GetFlag(FLAGS_gather);
}

absl::StatusOr<Options> OptionsFromFlags() {
  Options options;
  options.model_repository = absl::GetFlag(FLAGS_model_repository);
  if (options.model_repository.empty())
    return absl::InvalidArgumentError("--model-repository is missing, expected a folder");
  PROVNET_RETURN_IF_ERROR(CheckNumbers());
  PROVNET_RETURN_IF_ERROR(CheckDurations());
  options.port_file = absl::GetFlag(FLAGS_port_file);
  options.drain_timeout = absl::GetFlag(FLAGS_drain_timeout);
  options.own_cores = absl::GetFlag(FLAGS_own_cores);
  PROVNET_ASSIGN_OR_RETURN(options.log_format, ParseLogFormat(absl::GetFlag(FLAGS_log_format)));
  PROVNET_ASSIGN_OR_RETURN(options.log_level, ParseLogLevel(absl::GetFlag(FLAGS_log_level)));
  PROVNET_ASSIGN_OR_RETURN(options.server.grpc,
                           ParseAddressFlag("--listen", absl::GetFlag(FLAGS_listen)));
  PROVNET_ASSIGN_OR_RETURN(options.server.http,
                           ParseAddressFlag("--http", absl::GetFlag(FLAGS_http)));

  const ThreadPlan threads = PlanThreads(AvailableCores(), absl::GetFlag(FLAGS_executors),
                                         absl::GetFlag(FLAGS_intra_op_threads));
  options.engine.device = absl::GetFlag(FLAGS_device);
  options.engine.index_precision = absl::GetFlag(FLAGS_index_precision);
  options.engine.index_search = absl::GetFlag(FLAGS_index_search);
  options.engine.intra_op_threads = threads.intra_op_threads;
  PROVNET_RETURN_IF_ERROR(CheckEngineFlags(options.engine));
  FillQueue(threads, options.models.queue);
  PROVNET_ASSIGN_OR_RETURN(options.lifecycle, LifecycleOptionsFromFlags());
  PROVNET_ASSIGN_OR_RETURN(options.security, SecurityOptionsFromFlags());
  PROVNET_ASSIGN_OR_RETURN(options.tracing, TracingOptionsFromFlags());
  PROVNET_ASSIGN_OR_RETURN(options.server.ages, ConnectionAgesFromFlags());
  PROVNET_RETURN_IF_ERROR(FillDoorOptions(options.server));
  FillLimits(options.server.limits);
  options.server.max_request_bytes = absl::GetFlag(FLAGS_max_request_bytes);
  return options;
}

ServerProbes MakeProbes(ServerMetrics& metrics) {
  return {metrics, metrics, metrics, [&metrics] { return metrics.Text(); }};
}

absl::Status AnnouncePorts(const Options& options, const Server& server) {
  if (options.port_file.empty()) return absl::OkStatus();
  const ServerOptions& bound = options.server;
  return WithPrefix(
      "--port-file",
      WritePortFile(options.port_file,
                    ListenAddress{bound.grpc.host, server.grpc_port()}.ToString(),
                    ListenAddress{bound.http.host, server.http_port()}.ToString(),
                    bound.health.has_value()
                        ? ListenAddress{bound.health->host, server.health_port()}.ToString()
                        : ""));
}

absl::StatusOr<std::vector<BundleLocation>> Offered(const std::filesystem::path& repository) {
  auto offered = ScanRepository(repository);
  if (!offered.ok() || !offered->empty()) return offered;
  const std::string hint = RepositoryHint(repository);
  if (hint.empty()) return offered;
  return absl::NotFoundError(absl::StrCat("no model is in it", hint));
}

// Null when the watching is switched off.
std::unique_ptr<RepositoryWatcher> Watch(const Options& options, ModelLifecycle& lifecycle,
                                         const StructuredLog& log) {
  if (!options.lifecycle.watch) return nullptr;
  auto watcher = std::make_unique<RepositoryWatcher>(lifecycle, options.model_repository,
                                                     options.lifecycle.poll_interval);
  if (const absl::Status& status = watcher->watch_status(); !status.ok()) {
    log.Write(LogLevel::kWarning, "the repository is polled only", {{"reason", status.ToString()}});
  }
  return watcher;
}

absl::Status Run(const Options& options, const StructuredLog& log) {
  log.Write(LogLevel::kInfo, "starting",
            {{"model_repository", options.model_repository.string()},
             {"executors", options.models.queue.executors},
             {"intra_op_threads", options.engine.intra_op_threads},
             {"max_batch_size", options.models.queue.limits.max_batch_size},
             {"max_queue", options.models.queue.max_waiting}});
  // Before any other thread, so that all of them leave the signals to this one.
  StopRequest stop(log);
  const ShutdownSignals listener([&stop](int signal, int count) { stop.Handle(signal, count); });
  std::signal(SIGPIPE, SIG_IGN);
  const GrpcLog grpc_log(log, Clock::Steady());
  PROVNET_RETURN_IF_ERROR(WithPrefix("--port-file", PreparePortFile(options.port_file)));

  ServerMetrics metrics;
  LifecycleReporter reporter(log, metrics);
  ModelUnloader unloader([&reporter](const std::string& model, uint64_t version) {
    reporter.VersionUnloaded(model, version);
  });
  const ModelStarter starter(options.models, Clock::Steady(),
                             [&metrics](const Servable& servable) -> BatchProbe& {
                               return metrics.BatchProbeFor(servable.manifest().model());
                             });
  ModelLoader loader(options.engine, options.lifecycle.memory_limit, starter, unloader);
  ModelRegistry registry;
  ModelLifecycle lifecycle(
      options.lifecycle.lifecycle, [&options] { return Offered(options.model_repository); },
      [&options](const std::string& model) {
        return ReadServingConfig(options.model_repository / model);
      },
      [&loader](const BundleLocation& location) { return loader.Load(location); }, Clock::Steady(),
      reporter, registry);
  PROVNET_ASSIGN_OR_RETURN(const auto security,
                           SecuritySetup::Open(options.security, log, metrics));
  PROVNET_ASSIGN_OR_RETURN(const auto tracing, TracingSetup::Open(options.tracing, log, metrics));
  ServerOptions server_options = options.server;
  security->Guard(server_options);
  tracing->Trace(server_options);
  PROVNET_ASSIGN_OR_RETURN(
      const auto server, Server::Start(server_options, MakeProbes(metrics), log, Clock::Steady()));
  if (const absl::Status loaded = LoadFirst(options.lifecycle, lifecycle, registry, log);
      !loaded.ok())
    return WithPrefix(absl::StrCat("--model-repository=", options.model_repository.string()),
                      loaded);
  stop.Started(*server);
  const absl::Cleanup ended = [&stop] { stop.Ended(); };
  server->Serve(registry);
  PROVNET_RETURN_IF_ERROR(AnnouncePorts(options, *server));
  loader.YieldToServing();
  const std::unique_ptr<RepositoryWatcher> watcher = Watch(options, lifecycle, log);

  stop.AwaitStop();
  if (watcher != nullptr) watcher->Stop();
  server->Drain(options.drain_timeout, [&log](size_t cut) {
    log.Write(LogLevel::kError, "the drain timeout has passed", {{"requests_cut", cut}});
    // What is left may run for long, and nobody waits for it.
    std::_Exit(kFailed);
  });
  return absl::OkStatus();
}

int Main(const std::vector<std::string>& typed) {
  if (!typed.empty() && typed.front() == "--version") {
    std::cout << "provnet-server " << kVersion << "\n";
    return 0;
  }
  const absl::StatusOr<CommandLine> line = ParseFlags(typed, kSource);
  if (line.ok() && line->help) {
    std::cout << kUsage << FlagsHelp(kSource);
    return 0;
  }
  const absl::StatusOr<Options> options = line.ok() ? OptionsFromFlags() : line.status();
  if (!options.ok()) {
    std::cerr << "provnet-server: " << options.status().message()
              << "; provnet-server --help shows all flags\n";
    return kWrongUsage;
  }
  if (options->own_cores) TakeTurnsOnOwnCores();
  const StructuredLog log = StructuredLog::ToStderr(options->log_format, options->log_level);
  const absl::Status status = Run(*options, log);
  if (!status.ok()) {
    log.Write(LogLevel::kError, "stopped", {{"reason", status.ToString()}});
    return kFailed;
  }
  log.Write(LogLevel::kInfo, "stopped", {{"requests_cut", 0}});
  return 0;
}

}  // namespace
}  // namespace provnet

int main(int argc, char** argv) {
  provnet::FitLibraryEnvironment(argv);
  provnet::BoundHeapArenas();
  // Debian builds Abseil with its search for deadlocks, which keeps a graph of all locks, gRPC's
  // too.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  return provnet::Main({argv + 1, argv + argc});
}
