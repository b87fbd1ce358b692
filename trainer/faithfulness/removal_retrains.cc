#include "trainer/faithfulness/removal_retrains.h"

#include <torch/torch.h>

#include <memory>
#include <span>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "trainer/data/random.h"
#include "trainer/data/subset.h"

namespace provnet {
namespace {

constexpr char kRandom[] = "random-same-label";
constexpr uint64_t kControlStream = 0xc0;
constexpr uint64_t kFitStream = 0xc1;
constexpr uint64_t kRandomStream = 0xc2;

// Fits x classes.
using LogProbabilities = std::vector<std::vector<float>>;

// Of all queries, [queries * classes].
std::vector<float> ReadLogProbabilities(ProvenanceNetwork& network, const Dataset& queries) {
  const at::Tensor rows = OutputsFor(network, queries).logits.log_softmax(1).contiguous();
  return {rows.data_ptr<float>(), rows.data_ptr<float>() + rows.numel()};
}

// One query's row of what several fits said of all.
LogProbabilities OfQuery(std::span<const std::vector<float>> fits, size_t query, size_t classes) {
  LogProbabilities rows;
  for (const std::vector<float>& fit : fits) {
    const auto begin = fit.begin() + static_cast<std::ptrdiff_t>(query * classes);
    rows.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(classes));
  }
  return rows;
}

// What is left out for one query.
std::vector<uint64_t> Removed(const Attribution* method, const RemovalQueries& queries,
                              size_t query, const RetrainContext& context, uint64_t size,
                              uint64_t seed) {
  if (method != nullptr) {
    return HighestScored(method->scores.row(queries.first_score_row + query), size);
  }
  return RandomOfClass(context.samples.labels, queries.data.labels[query], size,
                       MixSeed(MixSeed(seed, kRandomStream), query));
}

// The fits of one method, all queries and sizes: in the order query, size, fit.
std::vector<RetrainJob> JobsOf(const Attribution* method, const RetrainContext& context,
                               const RemovalQueries& queries, const StudySettings& settings,
                               uint64_t seed) {
  std::vector<RetrainJob> jobs;
  for (size_t q = 0; q < queries.data.size(); ++q) {
    const auto query =
        std::make_shared<const Dataset>(Select(queries.data, std::vector<uint64_t>{q}));
    for (uint64_t size : settings.removal_sizes) {
      const std::vector<uint64_t> removed = Removed(method, queries, q, context, size, seed);
      for (uint32_t fit = 0; fit < settings.removal_fits; ++fit) {
        // The same for every method.
        const uint64_t fit_seed =
            MixSeed(MixSeed(MixSeed(MixSeed(seed, kFitStream), q), size), fit);
        jobs.push_back({.key = absl::StrCat(queries.data.source_id(q), " without ",
                                            DigestOf(removed), " fit ", fit),
                        .samples = AllBut(context.samples.size(), removed),
                        .seed = fit_seed,
                        .read = [query](ProvenanceNetwork& network) {
                          return ReadLogProbabilities(network, *query);
                        }});
      }
    }
  }
  return jobs;
}

}  // namespace

absl::StatusOr<RemovalControl> FitRemovalControl(const RetrainContext& context,
                                                 const RemovalQueries& queries,
                                                 const StudySettings& settings, uint64_t seed) {
  std::vector<RetrainJob> jobs;
  for (uint32_t i = 0; i < settings.control_groups * settings.removal_fits; ++i) {
    jobs.push_back(
        {.key = absl::StrCat("whole ", i, " asked ", DigestOf(queries.data.source_positions)),
         .samples = AllBut(context.samples.size(), {}),
         .seed = MixSeed(MixSeed(seed, kControlStream), i),
         .read = [&queries](ProvenanceNetwork& network) {
           return ReadLogProbabilities(network, queries.data);
         }});
  }
  PROVNET_ASSIGN_OR_RETURN(const auto fits, Retrain(context, "fits to all samples", jobs));
  const std::span<const std::vector<float>> all(fits);
  RemovalControl control;
  for (uint32_t label : queries.data.labels) control.baselines.push_back({label, 0});
  const double share = 1.0 / settings.control_groups;
  for (uint32_t group = 0; group < settings.control_groups; ++group) {
    const auto own = all.subspan(size_t{group} * settings.removal_fits, settings.removal_fits);
    for (size_t q = 0; q < queries.data.size(); ++q) {
      const uint32_t label = queries.data.labels[q];
      const Consensus consensus =
          ConsensusOf(OfQuery(own, q, queries.data.class_names.size()), label);
      control.baselines[q].margin += share * consensus.margin;
      control.flip_rate +=
          consensus.predicted == label ? 0 : share / static_cast<double>(queries.data.size());
    }
  }
  return control;
}

absl::StatusOr<std::vector<RemovalCurve>> FitRemovals(
    const RetrainContext& context, const RemovalQueries& queries, const RemovalControl& control,
    const std::vector<const Attribution*>& methods, const StudySettings& settings, uint64_t seed) {
  std::vector<const Attribution*> with_random = {nullptr};
  with_random.insert(with_random.end(), methods.begin(), methods.end());
  std::vector<RemovalCurve> curves;
  for (const Attribution* method : with_random) {
    const std::string name = method == nullptr ? kRandom : method->method;
    PROVNET_ASSIGN_OR_RETURN(const auto fits,
                             Retrain(context, absl::StrCat("fits without the samples of ", name),
                                     JobsOf(method, context, queries, settings, seed)));
    const std::span<const std::vector<float>> all(fits);
    std::vector<std::vector<Consensus>> consensus(queries.data.size());
    size_t next = 0;
    for (size_t q = 0; q < queries.data.size(); ++q) {
      for (size_t k = 0; k < settings.removal_sizes.size(); ++k) {
        const auto own = all.subspan(next, settings.removal_fits);
        next += settings.removal_fits;
        consensus[q].push_back(ConsensusOf({own.begin(), own.end()}, queries.data.labels[q]));
      }
    }
    curves.push_back(CurveOf(name, settings.removal_sizes, control.baselines, consensus));
  }
  return curves;
}

}  // namespace provnet
