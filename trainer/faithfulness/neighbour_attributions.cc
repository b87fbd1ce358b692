#include <torch/torch.h>

#include <numeric>

#include "trainer/faithfulness/attribution_methods.h"
#include "trainer/faithfulness/score_terms.h"
#include "trainer/faithfulness/stopwatch.h"
#include "trainer/training/batch_source.h"

namespace provnet {
namespace {

constexpr double kTiny = 1e-12;

at::Tensor Pixels(const Dataset& data) {
  std::vector<uint64_t> all(data.size());
  std::iota(all.begin(), all.end(), uint64_t{0});
  return ImagesToTensor(data, all).contiguous().flatten(1);
}

// Cosines of what remains after subtracting the samples' mean.
Factor CentredCosine(const at::Tensor& queries, const at::Tensor& samples) {
  const at::Tensor mean = samples.mean(0, true);
  const auto unit = [&](const at::Tensor& rows) {
    const at::Tensor centred = rows - mean;
    return centred / centred.norm(2, {1}, true).clamp_min(kTiny);
  };
  return {unit(queries), unit(samples)};
}

class Neighbours {
 public:
  explicit Neighbours(const AttributionTask& task)
      : task_(task),
        queries_(static_cast<double>(task.queries.size())),
        sign_(SameLabelSign(task.queries.labels, task.samples.labels,
                            static_cast<uint32_t>(task.samples.class_names.size()))) {}

  const Factor& sign() const { return sign_; }

  // `cost` without cache and scoring; its query_seconds are those of all queries so far.
  void Add(const std::string& method, const Term& term, AttributionCost cost) {
    const Stopwatch scoring;
    const at::Tensor scores = SumOfTerms({term});
    cost.query_seconds = (cost.query_seconds + scoring.Seconds()) / queries_;
    cost.cache_bytes = CacheBytes({term});
    all_.push_back({method, MethodRole::kReference, ToFloatMatrix(scores), cost});
  }

  void AddPlainAndSigned(const std::string& method, const Factor& factor, AttributionCost cost) {
    Add(method, {factor}, cost);
    Add(method + "-signed", {factor, sign_}, cost);
  }

  // Independent normal numbers: nothing known.
  void AddRandom() {
    const at::Generator generator = at::detail::createCPUGenerator(task_.seed);
    const at::Tensor scores = at::randn(
        {static_cast<int64_t>(task_.queries.size()), static_cast<int64_t>(task_.samples.size())},
        generator);
    all_.push_back({"random", MethodRole::kReference, ToFloatMatrix(scores), {.fits = 0}});
  }

  std::vector<Attribution> Take() { return std::move(all_); }

 private:
  const AttributionTask& task_;
  const double queries_;
  const Factor sign_;
  std::vector<Attribution> all_;
};

}  // namespace

std::vector<Attribution> NeighbourAttributions(const AttributionTask& task) {
  torch::NoGradGuard no_gradient;
  Neighbours methods(task);
  methods.AddRandom();
  methods.Add("same-label", {methods.sign()}, {.fits = 0});
  const Stopwatch pixels;
  const Factor pixel_cosine = CentredCosine(Pixels(task.queries), Pixels(task.samples));
  methods.AddPlainAndSigned("knn-pixels", pixel_cosine,
                            {.fits = 0, .prepare_seconds = pixels.Seconds()});
  const Stopwatch sample_pass;
  const at::Tensor samples = OutputsFor(task.models.ensemble[0], task.samples).features;
  AttributionCost cost{.fits = 1, .prepare_seconds = sample_pass.Seconds()};
  const Stopwatch query_pass;
  const at::Tensor queries = OutputsFor(task.models.ensemble[0], task.queries).features;
  cost.query_seconds = query_pass.Seconds();
  methods.AddPlainAndSigned("knn-features", CentredCosine(queries, samples), cost);
  return methods.Take();
}

}  // namespace provnet
