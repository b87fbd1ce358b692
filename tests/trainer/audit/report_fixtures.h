#ifndef PROVNET_TESTS_TRAINER_AUDIT_REPORT_FIXTURES_H_
#define PROVNET_TESTS_TRAINER_AUDIT_REPORT_FIXTURES_H_

#include <string>

#include "trainer/audit/report.h"

namespace provnet {

// A hand-made audit of four samples of two classes. Row 1 is sample 1, row 2 is sample 3: sample 2
// was damaged. Row 2 has the most doubtful label.
class HandMadeAudit {
 public:
  HandMadeAudit() {
    samples.manifest.set_model("digits <b>&\"bold\"</b>");
    samples.manifest.set_version(3);
    samples.manifest.set_sample_count(5);
    samples.digest = "0123abcd";
    samples.data.height = 2;
    samples.data.width = 2;
    samples.data.class_names = {"zero", "<script>alert('one')</script>"};
    samples.data.labels = {0, 0, 1, 1};
    samples.data.source_positions = {0, 1, 3, 4};
    samples.data.pixels = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    samples.sample_indices = {0, 1, 3, 4};
    samples.source_ids = {"a#0", "a#1", "b\"><img src=x>#3", "bytes \xff#4"};
    samples.damaged = {{2, "checksum mismatch <in> block"}};

    result.labels.probabilities = FloatMatrix(4, 2);
    result.labels.probabilities.values = {0.9F, 0.1F, 0.8F, 0.2F, 0.95F, 0.05F, 0.3F, 0.7F};
    result.labels.log_odds = {-2.2, -1.4, 2.9, -0.8};
    result.labels.suggested = {0, 0, 0, 1};
    result.ranking = {2, 3, 1, 0};
    result.rank_of = {3, 2, 0, 1};
    result.issues = 1;
    result.joint.calibrated = {{2, 0}, {1.25, 0.75}};
    result.joint.estimated_errors = 1.25;
    result.exact_duplicates = {{0, 1}, {2, 3}};
    result.near_duplicate_groups = {{1, 2}};
    result.near_duplicates.pairs = {{1, 2, 0.5, 0.125}};
    result.near_duplicates.threshold = 0.25;
    // Distances of unit vectors: 0.2 is a cosine of 0.98.
    result.neighbours = {.k = 2,
                         .entries = {{1, 0.1F},
                                     {3, 1},  //
                                     {0, 0.1F},
                                     {2, 0.6F},  //
                                     {0, 0.2F},
                                     {1, 0.4F},  //
                                     {2, 0.3F},
                                     {0, 0.5F}}};
    result.outliers.scores = {1, 0.9, 1.1, 7.5};
    result.outliers.fence = 2;
  }

  AuditReport report() const {
    return {bundle, samples, result, options, absl::FromUnixSeconds(1'700'000'000)};
  }

  std::string bundle = "repository/digits/3";
  BundleSamples samples;
  AuditResult result;
  AuditOptions options = DefaultAuditOptions(11, 1);
};

}  // namespace provnet

#endif  // PROVNET_TESTS_TRAINER_AUDIT_REPORT_FIXTURES_H_
