// How many of the first k samples that the engine names in one precision, on one device, it also
// names in fp32 on the CPU, and how far their scores are apart, over random inputs. Prints one JSON
// document.
//
//   provnet-precision --bundle=REPOSITORY/MODEL/VERSION --precision=auto --device=cpu --top_k=10
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "server/engine/servable.h"
#include "server/model/library_environment.h"
#include "storage/base/status_macros.h"
#include "storage/bundle_verifier.h"

ABSL_FLAG(std::string, bundle, "", "bundle folder, <repository>/<model>/<version>");
ABSL_FLAG(std::string, precision, "auto", "the index precision to hold against fp32");
ABSL_FLAG(std::string, device, "cpu", "where it is computed");
ABSL_FLAG(uint32_t, top_k, 10, "samples to name for each input");
ABSL_FLAG(int, inputs, 2048, "random inputs to ask about, at least 1");

namespace provnet {
namespace {

constexpr size_t kBatch = 64;

struct Overlap {
  uint64_t named = 0;
  uint64_t common = 0;
  // Of samples that both name.
  double worst_relative_score_error = 0;

  void Add(const Explanation& exact, const Explanation& tested) {
    std::map<uint64_t, float> exact_scores;
    for (const ScoredSample& sample : exact.provenance)
      exact_scores[sample.sample_index] = sample.score;
    named += exact.provenance.size();
    for (const ScoredSample& sample : tested.provenance) {
      const auto found = exact_scores.find(sample.sample_index);
      if (found == exact_scores.end()) continue;
      ++common;
      worst_relative_score_error =
          std::max(worst_relative_score_error,
                   std::abs(double{sample.score} - found->second) / double{found->second});
    }
  }
};

std::vector<ExplainQuery> RandomQueries(size_t count, size_t input_size, uint32_t top_k) {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<float> pixel(0, 1);
  std::vector<ExplainQuery> queries(count);
  for (ExplainQuery& query : queries) {
    query.top_k = top_k;
    query.input.resize(input_size);
    for (float& value : query.input) value = pixel(random);
  }
  return queries;
}

absl::StatusOr<nlohmann::json> Measure(const std::filesystem::path& bundle) {
  PROVNET_ASSIGN_OR_RETURN(const v1::BundleManifest manifest, VerifyBundle(bundle));
  const BundleLocation location{manifest.model(), manifest.version(), bundle};
  PROVNET_ASSIGN_OR_RETURN(const auto exact,
                           Servable::Load(location, {.device = "cpu", .index_precision = "fp32"}));
  PROVNET_ASSIGN_OR_RETURN(
      const auto tested,
      Servable::Load(location, {.device = absl::GetFlag(FLAGS_device),
                                .index_precision = absl::GetFlag(FLAGS_precision)}));
  const std::vector<ExplainQuery> queries =
      RandomQueries(static_cast<size_t>(std::max(1, absl::GetFlag(FLAGS_inputs))),
                    exact->input_size(), absl::GetFlag(FLAGS_top_k));
  Overlap overlap;
  for (size_t begin = 0; begin < queries.size(); begin += kBatch) {
    std::vector<const ExplainQuery*> batch;
    for (size_t i = begin; i < std::min(queries.size(), begin + kBatch); ++i)
      batch.push_back(&queries[i]);
    PROVNET_ASSIGN_OR_RETURN(const auto want, exact->Explain(batch));
    PROVNET_ASSIGN_OR_RETURN(const auto got, tested->Explain(batch));
    for (size_t i = 0; i < batch.size(); ++i) {
      PROVNET_RETURN_IF_ERROR(want[i].status());
      PROVNET_RETURN_IF_ERROR(got[i].status());
      overlap.Add(*want[i], *got[i]);
    }
  }
  return nlohmann::json{{"precision", tested->index_precision()},
                        {"device", tested->device()},
                        {"inputs", queries.size()},
                        {"top_k", absl::GetFlag(FLAGS_top_k)},
                        {"overlap", static_cast<double>(overlap.common) / overlap.named},
                        {"worst_relative_score_error", overlap.worst_relative_score_error}};
}

int Run() {
  const std::string bundle = absl::GetFlag(FLAGS_bundle);
  const absl::StatusOr<nlohmann::json> report = Measure(bundle);
  if (!report.ok()) {
    std::cerr << "error: --bundle=" << bundle << ": " << report.status() << "\n";
    return 1;
  }
  std::cout << report->dump(2) << "\n";
  return 0;
}

}  // namespace
}  // namespace provnet

int main(int argc, char** argv) {
  provnet::FitLibraryEnvironment(argv);
  absl::ParseCommandLine(argc, argv);
  return provnet::Run();
}
