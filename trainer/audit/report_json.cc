#include "trainer/audit/report_json.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "absl/time/time.h"

namespace provnet {
namespace {

using Json = nlohmann::ordered_json;

// Digits beyond these say nothing.
double Rounded(double value) { return std::round(value * 1e6) / 1e6; }

Json Method(const AuditReport& report) {
  const OutOfFoldOptions& fits = report.options.out_of_fold;
  return {{"folds", fits.folds},
          {"repeats", fits.repeats},
          {"rounds", report.options.rounds},
          {"epochs", fits.training.epochs},
          {"seed", fits.training.seed},
          {"neighbours", fits.neighbours},
          {"near_duplicate_ratio_threshold", Rounded(report.result.near_duplicates.threshold)},
          {"outlier_fence", Rounded(report.result.outliers.fence)}};
}

Json Bundle(const AuditReport& report) {
  const v1::BundleManifest& manifest = report.samples.manifest;
  return {{"path", report.bundle},
          {"model", manifest.model()},
          {"version", manifest.version()},
          {"manifest_sha256", report.samples.digest},
          {"sample_count", manifest.sample_count()},
          {"damage", report.samples.damage}};
}

Json Confusion(const ConfidentJoint& joint) {
  Json rows = Json::array();
  for (const auto& row : joint.calibrated) {
    Json values = Json::array();
    for (const double value : row) values.push_back(Rounded(value));
    rows.push_back(std::move(values));
  }
  return rows;
}

Json Sample(const AuditReport& report, uint64_t row) {
  const BundleSamples& samples = report.samples;
  const AuditResult& result = report.result;
  const uint32_t label = samples.data.labels[row], suggested = result.labels.suggested[row];
  const auto probabilities = result.labels.probabilities.row(row);
  Json evidence = Json::array();
  for (const Dissent& dissent : DissentAgainst(report, row)) {
    evidence.push_back({{"index", samples.sample_indices[dissent.row]},
                        {"label", samples.data.labels[dissent.row]},
                        {"similarity", Rounded(dissent.similarity)}});
  }
  return {{"index", samples.sample_indices[row]},
          {"source_id", samples.source_ids[row]},
          {"label", label},
          {"suggested_label", suggested},
          {"is_issue", result.rank_of[row] < result.issues},
          {"rank", result.rank_of[row] + 1},
          {"score", Rounded(IssueScore(result, row))},
          {"log_odds", Rounded(result.labels.log_odds[row])},
          {"label_probability", Rounded(probabilities[label])},
          {"suggested_probability", Rounded(probabilities[suggested])},
          {"outlier_score", Rounded(result.outliers.scores[row])},
          {"evidence", std::move(evidence)}};
}

Json Groups(const AuditReport& report, const std::vector<std::vector<uint64_t>>& groups) {
  Json list = Json::array();
  for (const auto& group : groups) {
    Json indices = Json::array();
    for (const uint64_t row : group) indices.push_back(report.samples.sample_indices[row]);
    list.push_back({{"indices", std::move(indices)},
                    {"labels_conflict", LabelsConflict(report.samples.data, group)}});
  }
  return list;
}

Json Pairs(const AuditReport& report) {
  Json list = Json::array();
  for (const NearDuplicatePair& pair : report.result.near_duplicates.pairs) {
    list.push_back({{"first", report.samples.sample_indices[pair.first]},
                    {"second", report.samples.sample_indices[pair.second]},
                    {"distance", Rounded(pair.distance)},
                    {"ratio", Rounded(pair.ratio)}});
  }
  return list;
}

Json Damaged(const BundleSamples& samples) {
  Json list = Json::array();
  for (const DamagedSample& sample : samples.damaged) {
    list.push_back({{"index", sample.sample_index}, {"reason", sample.reason}});
  }
  return list;
}

Json Outlying(const AuditReport& report) {
  Json list = Json::array();
  for (const uint64_t row : OutlyingRows(report.result)) {
    list.push_back({{"index", report.samples.sample_indices[row]},
                    {"score", Rounded(report.result.outliers.scores[row])}});
  }
  return list;
}

}  // namespace

std::string AuditReportJson(const AuditReport& report) {
  Json document = {
      {"schema_version", kAuditSchemaVersion},
      {"created", absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", report.now, absl::UTCTimeZone())},
      {"bundle", Bundle(report)},
      {"method", Method(report)},
      {"class_names", report.samples.data.class_names},
      {"audited_samples", report.samples.data.size()},
      {"estimated_label_errors", Rounded(report.result.joint.estimated_errors)},
      {"label_issues", report.result.issues},
      {"confusion", Confusion(report.result.joint)},
      {"damaged_samples", Damaged(report.samples)},
      {"exact_duplicates", Groups(report, report.result.exact_duplicates)},
      {"near_duplicates", Groups(report, report.result.near_duplicate_groups)},
      {"near_duplicate_pairs", Pairs(report)},
      {"outliers", Outlying(report)}};
  Json& samples = document["samples"] = Json::array();
  for (uint64_t row = 0; row < report.samples.data.size(); ++row) {
    samples.push_back(Sample(report, row));
  }
  return document.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace provnet
