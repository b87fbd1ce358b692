#ifndef PROVNET_TRAINER_AUDIT_AUDIT_H_
#define PROVNET_TRAINER_AUDIT_AUDIT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "trainer/audit/confident_joint.h"
#include "trainer/audit/label_scores.h"
#include "trainer/audit/near_duplicate_search.h"
#include "trainer/audit/out_of_fold.h"
#include "trainer/audit/outlier_scores.h"
#include "trainer/data/dataset.h"

namespace provnet {

// Above it, comparing all pairs would take hours and the pixels too much memory.
inline constexpr uint64_t kMaxAuditedSamples = 500'000;

struct AuditOptions {
  OutOfFoldOptions out_of_fold;
  NearDuplicateOptions near_duplicates;
  // Labels are judged so many times, at least 1: from the second time on by models and neighbours
  // that don't learn from what the time before found wrong.
  uint32_t rounds = 3;
};

// The defaults, for `threads` and `seed`.
AuditOptions DefaultAuditOptions(uint64_t seed, int threads);

// What an audit found out about n samples. Samples are rows of the data set.
struct AuditResult {
  // Groups of equal images, members ascending.
  std::vector<std::vector<uint64_t>> exact_duplicates;
  // Pairs between images of which each stands for its exact duplicates, and the groups that such
  // pairs connect.
  NearDuplicates near_duplicates;
  std::vector<std::vector<uint64_t>> near_duplicate_groups;

  LabelScores labels;
  // Rows, the most doubtful label first, and by row its place there.
  std::vector<uint64_t> ranking;
  std::vector<uint64_t> rank_of;
  ConfidentJoint joint;
  // The first so many of the ranking are taken for wrong: as many as the joint estimates, but only
  // where another class is more probable.
  uint64_t issues = 0;

  // What the first round's models and neighbours said on their own, for comparison.
  OutOfFold first_round;

  // Among samples without the row, its duplicates and what the round before found wrong.
  NeighbourLists neighbours;
  Outliers outliers;
};

// INVALID_ARGUMENT says what is wrong with the data or the options: fewer than two classes with
// samples, a class with fewer samples than folds, or more than kMaxAuditedSamples.
absl::Status CheckAuditable(const Dataset& data, const AuditOptions& options);

// Audits the labels of `data`; needs nothing but it. Duplicates first, then models that see neither
// a sample nor its duplicates judge it (JudgeOutOfFold), in several rounds. O(n^2) in comparisons,
// see FindNearDuplicates, and folds * repeats * rounds small fits. Blocks; deterministic for any
// number of threads. CANCELLED when asked to stop.
absl::StatusOr<AuditResult> Audit(const Dataset& data, const AuditOptions& options,
                                  const OutOfFoldContext& context);

}  // namespace provnet

#endif  // PROVNET_TRAINER_AUDIT_AUDIT_H_
