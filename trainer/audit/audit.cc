#include "trainer/audit/audit.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "trainer/audit/ranking_quality.h"
#include "trainer/audit/sample_groups.h"
#include "trainer/data/subset.h"
#include "trainer/faithfulness/plain_classifier.h"

namespace provnet {
namespace {

// All rows but the second and later ones of each group.
std::vector<uint64_t> OneOfEach(size_t count, const std::vector<std::vector<uint64_t>>& groups) {
  std::vector<bool> superfluous(count);
  for (const auto& group : groups) {
    for (size_t i = 1; i < group.size(); ++i) superfluous[group[i]] = true;
  }
  std::vector<uint64_t> rows;
  for (uint64_t i = 0; i < count; ++i) {
    if (!superfluous[i]) rows.push_back(i);
  }
  return rows;
}

// Fills the duplicates; returns all groups, exact and near ones together.
absl::StatusOr<std::vector<std::vector<uint64_t>>> FindDuplicates(const Dataset& data,
                                                                  const AuditOptions& options,
                                                                  const OutOfFoldContext& context,
                                                                  AuditResult& result) {
  context.progress.Note("looking for duplicates");
  result.exact_duplicates = ExactDuplicates(data);
  const std::vector<uint64_t> distinct = OneOfEach(data.size(), result.exact_duplicates);
  PROVNET_ASSIGN_OR_RETURN(
      result.near_duplicates,
      FindNearDuplicates(Select(data, distinct), options.near_duplicates, context.stop_requested));
  SampleGroups near(data.size()), all(data.size());
  for (NearDuplicatePair& pair : result.near_duplicates.pairs) {
    pair.first = static_cast<uint32_t>(distinct[pair.first]);
    pair.second = static_cast<uint32_t>(distinct[pair.second]);
    near.Join(pair.first, pair.second);
    all.Join(pair.first, pair.second);
  }
  result.near_duplicate_groups = near.Groups();
  for (const auto& group : result.exact_duplicates) {
    for (const uint64_t row : group) all.Join(group.front(), row);
  }
  return all.Groups();
}

void Rank(const Dataset& data, const OutOfFold& judged, AuditResult& result) {
  const size_t classes = data.class_names.size();
  result.labels = ScoreLabels(judged.log_probabilities,
                              NeighbourVotes(judged.neighbours, data.labels, classes), data.labels);
  result.ranking = RankDescending(result.labels.log_odds);
  result.rank_of.resize(data.size());
  for (uint64_t rank = 0; rank < data.size(); ++rank) result.rank_of[result.ranking[rank]] = rank;
  result.joint = EstimateConfidentJoint(result.labels.probabilities, data.labels);
  const auto estimated = static_cast<uint64_t>(std::lround(result.joint.estimated_errors));
  result.issues = 0;
  while (result.issues < std::min<uint64_t>(estimated, data.size()) &&
         result.labels.log_odds[result.ranking[result.issues]] > 0) {
    ++result.issues;
  }
}

// Which rows later models shall not learn from. A class that would lose more than half of its
// samples keeps all: then the models are in doubt rather than the labels.
std::vector<bool> Suspects(const Dataset& data, const AuditResult& result) {
  std::vector<uint64_t> sizes(data.class_names.size()), suspected(sizes.size());
  for (const uint32_t label : data.labels) ++sizes[label];
  for (uint64_t rank = 0; rank < result.issues; ++rank) {
    ++suspected[data.labels[result.ranking[rank]]];
  }
  std::vector<bool> suspects(data.size());
  for (uint64_t rank = 0; rank < result.issues; ++rank) {
    const uint64_t row = result.ranking[rank];
    const uint32_t label = data.labels[row];
    suspects[row] = 2 * suspected[label] <= sizes[label];
  }
  return suspects;
}

}  // namespace

AuditOptions DefaultAuditOptions(uint64_t seed, int threads) {
  AuditOptions options;
  options.out_of_fold.training = PlainOptions(8, seed);
  options.out_of_fold.threads = threads;
  options.near_duplicates.threads = threads;
  return options;
}

absl::Status CheckAuditable(const Dataset& data, const AuditOptions& options) {
  if (data.size() > kMaxAuditedSamples) {
    return absl::InvalidArgumentError(absl::StrCat(
        data.size(), " samples: an audit compares all pairs, so it takes at most ",
        kMaxAuditedSamples, "; fit and audit parts of the data (provnet-train fit --subset)"));
  }
  std::vector<uint64_t> sizes(data.class_names.size());
  for (const uint32_t label : data.labels) ++sizes[label];
  const auto used = std::count_if(sizes.begin(), sizes.end(), [](uint64_t n) { return n > 0; });
  if (used < 2) {
    return absl::InvalidArgumentError(absl::StrCat(
        used, " class with samples: expected two or more, else no label can be wrong"));
  }
  for (size_t c = 0; c < sizes.size(); ++c) {
    if (sizes[c] == 0 || sizes[c] >= options.out_of_fold.folds) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("class ", data.class_names[c], " has ", sizes[c], " samples for --folds=",
                     options.out_of_fold.folds, ": expected at least as many samples as folds"));
  }
  return absl::OkStatus();
}

absl::StatusOr<AuditResult> Audit(const Dataset& data, const AuditOptions& options,
                                  const OutOfFoldContext& context) {
  PROVNET_RETURN_IF_ERROR(CheckAuditable(data, options));
  AuditResult result;
  PROVNET_ASSIGN_OR_RETURN(const auto groups, FindDuplicates(data, options, context, result));
  std::vector<bool> left_out(data.size());
  for (uint32_t round = 1; round <= options.rounds; ++round) {
    context.progress.Note(absl::StrCat("judging labels, round ", round, " of ", options.rounds));
    PROVNET_ASSIGN_OR_RETURN(OutOfFold judged,
                             JudgeOutOfFold(data, groups, left_out, absl::StrCat("round ", round),
                                            options.out_of_fold, context));
    Rank(data, judged, result);
    result.neighbours = judged.neighbours;
    result.outliers = ScoreOutliers(result.neighbours, judged.fold_of);
    left_out = Suspects(data, result);
    if (round == 1) result.first_round = std::move(judged);
  }
  return result;
}

}  // namespace provnet
