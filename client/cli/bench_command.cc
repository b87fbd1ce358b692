#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "client/bench/bench_report.h"
#include "client/bench/load_driver.h"
#include "client/cli/command.h"
#include "client/cli/flags.h"
#include "client/cli/input_reader.h"
#include "client/cli/input_spec.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

// Enough different inputs that nothing could be cached, few enough to keep at hand.
constexpr size_t kInputs = 256;
constexpr size_t kMaxInputs = 4096;
// Bounds the driver's memory.
constexpr double kMaxOutstanding = 65536;

constexpr char kDetails[] =
    R"(Loads the server and measures it. In the closed loop each of --concurrency callers sends its next
request when the last is answered. In the open loop (--rate) requests are due at random moments
whatever the server does, and latency counts from when a request was due, so a stall shows in full.
--timeout is each request's deadline; those answered within it are counted as in time. --streams
sends the closed loop's requests over that many ExplainStream calls, as bulk jobs do.

  provnet bench --concurrency=64 --http=127.0.0.1:8501
  provnet bench --rate=500 --timeout=200ms --duration=30s --image='idx:t10k-images-idx3-ubyte.gz' --json

With --http, the server's own metrics tell what CPU time a request cost it.
)";

absl::StatusOr<v1::ModelInfo> ModelToLoad(const Client& client) {
  v1::GetModelRequest request;
  *request.mutable_model() = ModelFromFlags();
  PROVNET_ASSIGN_OR_RETURN(v1::GetModelResponse response, client.GetModel(request));
  return response.info();
}

std::vector<v1::ExplainRequest> RandomInputs(const v1::InputSpec& spec) {
  std::mt19937_64 generator(absl::GetFlag(FLAGS_seed));
  std::uniform_int_distribution<int> pixel(0, 255);
  std::vector<v1::ExplainRequest> requests(kInputs);
  for (v1::ExplainRequest& request : requests) {
    v1::Tensor& tensor = *request.mutable_tensor();
    tensor.mutable_spec()->set_data_type(v1::DATA_TYPE_UINT8);
    for (uint32_t extent : {spec.channels(), spec.height(), spec.width()})
      tensor.mutable_spec()->add_shape(extent);
    tensor.mutable_data()->resize(size_t{spec.channels()} * spec.height() * spec.width());
    for (char& byte : *tensor.mutable_data()) byte = static_cast<char>(pixel(generator));
  }
  return requests;
}

absl::StatusOr<std::vector<v1::ExplainRequest>> GivenInputs(const std::string& argument,
                                                            Console& console) {
  absl::StatusOr<InputSpec> spec = ParseInputSpec(argument);
  if (!spec.ok()) return UsageError(absl::StrCat("--image: ", spec.status().message()));
  InputReader reader({*spec}, console.in);
  std::vector<v1::ExplainRequest> requests;
  for (InputOrError& input : reader.Next(kMaxInputs)) {
    PROVNET_RETURN_IF_ERROR(input.input.status());
    requests.push_back(RequestFor(*input.input));
  }
  return requests;
}

absl::StatusOr<LoadOptions> OptionsFromFlags() {
  LoadOptions options;
  absl::StatusOr<ClientOptions> client = ClientOptionsFromFlags();
  if (!client.ok()) return UsageError(client.status().message());
  options.client = *std::move(client);
  options.concurrency = absl::GetFlag(FLAGS_concurrency);
  options.streams = absl::GetFlag(FLAGS_streams);
  options.rate = absl::GetFlag(FLAGS_rate);
  options.throttle = absl::GetFlag(FLAGS_throttle);
  options.warmup = absl::GetFlag(FLAGS_warmup);
  options.duration = absl::GetFlag(FLAGS_duration);
  options.channels = absl::GetFlag(FLAGS_channels);
  options.seed = absl::GetFlag(FLAGS_seed);
  options.http = absl::GetFlag(FLAGS_http);
  // All that can be unanswered at a time when nothing is answered, twice over.
  const double unanswered = 2 * options.rate * absl::ToDoubleSeconds(options.client.timeout);
  options.max_outstanding =
      std::max(options.max_outstanding, static_cast<size_t>(std::min(unanswered, kMaxOutstanding)));
  return options;
}

absl::StatusOr<int> RunBench(const CommandLine& line, Console& console) {
  if (line.flags.contains("seed") && line.flags.contains("image") &&
      absl::GetFlag(FLAGS_rate) == 0) {
    return UsageError("--seed applies to random pixels and to --rate; leave it out with --image");
  }
  PROVNET_ASSIGN_OR_RETURN(const LoadOptions options, OptionsFromFlags());
  if (absl::Status valid = Validate(options); !valid.ok()) return UsageError(valid.message());
  PROVNET_ASSIGN_OR_RETURN(Client client, Connect());
  PROVNET_ASSIGN_OR_RETURN(v1::ModelInfo model, ModelToLoad(client));
  std::vector<v1::ExplainRequest> requests;
  if (std::string image = absl::GetFlag(FLAGS_image); !image.empty()) {
    PROVNET_ASSIGN_OR_RETURN(requests, GivenInputs(image, console));
  } else {
    requests = RandomInputs(model.input());
  }
  for (v1::ExplainRequest& request : requests) {
    *request.mutable_model() = ModelFromFlags();
    request.set_top_k(absl::GetFlag(FLAGS_top_k));
    request.set_include_exemplars(absl::GetFlag(FLAGS_include_exemplars));
  }
  // One call that tells what is wrong, where the load would only count errors.
  PROVNET_RETURN_IF_ERROR(client.Explain(requests.front()).status());

  PROVNET_ASSIGN_OR_RETURN(BenchReport report, RunLoad(options, requests));
  const std::string json = absl::GetFlag(FLAGS_json);
  if (!json.empty()) PROVNET_RETURN_IF_ERROR(EmitJson(BenchReportJson(report), console));
  if (json != "-") console.out << BenchReportText(report);
  return report.succeeded > 0 ? kExitOk : kExitFailed;
}

}  // namespace

const Command& BenchCommand() {
  static const Command* command =
      new Command{"bench",
                  "",
                  "load the server; measure throughput, latency and what a request costs",
                  kDetails,
                  {"concurrency", "streams", "rate", "throttle", "duration", "warmup", "channels",
                   "top_k", "include_exemplars", "image", "http", "seed", "json"},
                  0,
                  0,
                  RunBench,
                  {{"throttle", "rate"}},
                  {{"concurrency", "rate"}, {"streams", "rate"}}};
  return *command;
}

}  // namespace provnet
