#ifndef PROVNET_TRAINER_AUDIT_REPORT_H_
#define PROVNET_TRAINER_AUDIT_REPORT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "trainer/audit/audit.h"
#include "trainer/audit/bundle_samples.h"

namespace provnet {

// What both forms of the report show. Borrows; rows and sample indices are those of `samples`.
struct AuditReport {
  // As it was named on the command line.
  const std::string& bundle;
  const BundleSamples& samples;
  const AuditResult& result;
  const AuditOptions& options;
  absl::Time now;
};

// A neighbour that speaks against a label: a sample of another class.
struct Dissent {
  uint64_t row = 0;
  // Cosine of the features, at most 1.
  double similarity = 0;
};

// The neighbours of `row` that have other labels than it, most similar first.
std::vector<Dissent> DissentAgainst(const AuditReport& report, uint64_t row);

// The same for those that share its label.
std::vector<Dissent> AssentTo(const AuditReport& report, uint64_t row);

// The probability that a label is wrong as the score puts it: 1 / (1 + exp(-log_odds)).
double IssueScore(const AuditResult& result, uint64_t row);

// Whether the members of a group of duplicates have different labels.
bool LabelsConflict(const Dataset& data, const std::vector<uint64_t>& group);

// Rows whose outlier score is above the fence, the highest first.
std::vector<uint64_t> OutlyingRows(const AuditResult& result);

}  // namespace provnet

#endif  // PROVNET_TRAINER_AUDIT_REPORT_H_
