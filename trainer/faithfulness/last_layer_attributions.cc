#include <torch/torch.h>

#include <functional>
#include <string>

#include "absl/strings/str_cat.h"
#include "trainer/faithfulness/attribution_methods.h"
#include "trainer/faithfulness/class_residuals.h"
#include "trainer/faithfulness/last_layer_gradients.h"
#include "trainer/faithfulness/score_terms.h"
#include "trainer/faithfulness/stopwatch.h"
#include "trainer/faithfulness/whitening.h"

namespace provnet {
namespace {

constexpr int64_t kSmallSketch = 256;
constexpr int64_t kSketch = 1024;

// What happens to the samples' sketches.
enum class Weighting { kNone, kWhitened, kTrak };

// One state's part of a score.
struct Part {
  Term term;
  double sample_seconds = 0;
  double query_seconds = 0;
};

// Which states of which networks a method sums over.
struct States {
  std::string suffix;
  std::vector<const ModelView*> views;
  uint32_t fits;
};

std::vector<const ModelView*> Pointers(const std::vector<ModelView>& views) {
  std::vector<const ModelView*> pointers;
  for (const ModelView& view : views) pointers.push_back(&view);
  return pointers;
}

class LastLayerMethods {
 public:
  explicit LastLayerMethods(const AttributionTask& task) : task_(task) {
    const Stopwatch samples;
    OutputsFor(task.models.ensemble[0], task.samples);
    sample_pass_seconds_ = samples.Seconds();
    const Stopwatch queries;
    OutputsFor(task.models.ensemble[0], task.queries);
    query_pass_seconds_ = queries.Seconds();
  }

  void AddExact(const States& states) {
    Add("last-layer-tracin", MethodRole::kReference, states,
        [&](const ModelView& view) { return Exact(view); });
  }

  void AddSketched(absl::string_view method, int64_t dim, Weighting weighting,
                   const States& states) {
    // Several states take several passes.
    const MethodRole role =
        states.views.size() == 1 ? MethodRole::kOnePass : MethodRole::kReference;
    Add(absl::StrCat(method, "-", dim), role, states,
        [&](const ModelView& view) { return Sketched(view, dim, weighting); });
  }

  std::vector<Attribution> Take() { return std::move(all_); }

 private:
  Part Exact(const ModelView& view) const {
    const LastLayerGradients samples = LossGradients(view.samples, task_.samples.labels);
    const LastLayerGradients queries = MarginGradients(view.queries, task_.queries.labels);
    // Outer products' inner product is the product of their factors' inner products.
    return {{{queries.features, samples.features}, {queries.pulls, samples.pulls}}};
  }

  Part Sketched(const ModelView& view, int64_t dim, Weighting weighting) const {
    const Stopwatch samples_time;
    const std::vector<uint32_t>& labels = task_.samples.labels;
    const LastLayerGradients gradients = weighting == Weighting::kTrak
                                             ? MarginGradients(view.samples, labels)
                                             : LossGradients(view.samples, labels);
    const at::Tensor projection =
        GaussianProjection(gradients.features.size(1) * gradients.pulls.size(1), dim, task_.seed);
    at::Tensor samples = Sketch(gradients, projection);
    if (weighting != Weighting::kNone) samples = Whiten(samples);
    if (weighting == Weighting::kTrak) {
      samples = samples * TrueClassDoubt(view.samples.logits, labels);
    }
    const double sample_seconds = samples_time.Seconds();
    const Stopwatch queries_time;
    const at::Tensor queries =
        Sketch(MarginGradients(view.queries, task_.queries.labels), projection);
    return {{{queries, samples}}, sample_seconds, queries_time.Seconds()};
  }

  void Add(const std::string& method, MethodRole role, const States& states,
           const std::function<Part(const ModelView&)>& make_part) {
    AttributionCost cost{.fits = states.fits};
    std::vector<Term> terms;
    for (const ModelView* view : states.views) {
      Part part = make_part(*view);
      cost.prepare_seconds += sample_pass_seconds_ + part.sample_seconds;
      cost.query_seconds += query_pass_seconds_ + part.query_seconds;
      terms.push_back(std::move(part.term));
    }
    const Stopwatch scoring;
    const at::Tensor scores = SumOfTerms(terms);
    cost.query_seconds =
        (cost.query_seconds + scoring.Seconds()) / static_cast<double>(task_.queries.size());
    cost.cache_bytes = CacheBytes(terms);
    all_.push_back({absl::StrCat(method, states.suffix), role, ToFloatMatrix(scores), cost});
  }

  const AttributionTask& task_;
  double sample_pass_seconds_ = 0;
  double query_pass_seconds_ = 0;
  std::vector<Attribution> all_;
};

}  // namespace

std::vector<Attribution> LastLayerAttributions(const AttributionTask& task) {
  torch::NoGradGuard no_gradient;
  const StudyModels& models = task.models;
  const States first{"", {&models.ensemble_views[0]}, 1};
  const States epochs{"-epochs", Pointers(models.epoch_views), 1};
  const States ensemble{"-ensemble", Pointers(models.ensemble_views),
                        static_cast<uint32_t>(models.ensemble_views.size())};
  LastLayerMethods methods(task);
  for (const States* states : {&first, &epochs, &ensemble}) methods.AddExact(*states);
  for (int64_t dim : {kSmallSketch, kSketch}) {
    methods.AddSketched("sketch", dim, Weighting::kNone, first);
    methods.AddSketched("whitened", dim, Weighting::kWhitened, first);
    methods.AddSketched("last-layer-trak", dim, Weighting::kTrak, first);
  }
  for (const States* states : {&epochs, &ensemble}) {
    methods.AddSketched("whitened", kSketch, Weighting::kWhitened, *states);
    methods.AddSketched("last-layer-trak", kSketch, Weighting::kTrak, *states);
  }
  return methods.Take();
}

}  // namespace provnet
