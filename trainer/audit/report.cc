#include "trainer/audit/report.h"

#include <algorithm>
#include <cmath>

#include "trainer/audit/ranking_quality.h"

namespace provnet {
namespace {

std::vector<Dissent> NeighboursOf(const AuditReport& report, uint64_t row, bool same_label) {
  const std::vector<uint32_t>& labels = report.samples.data.labels;
  std::vector<Dissent> found;
  for (const Neighbour& neighbour : report.result.neighbours.of(row)) {
    if ((labels[neighbour.row] == labels[row]) != same_label) continue;
    const double distance = neighbour.distance;
    found.push_back({neighbour.row, 1 - distance * distance / 2});
  }
  return found;
}

}  // namespace

std::vector<Dissent> DissentAgainst(const AuditReport& report, uint64_t row) {
  return NeighboursOf(report, row, /*same_label=*/false);
}

std::vector<Dissent> AssentTo(const AuditReport& report, uint64_t row) {
  return NeighboursOf(report, row, /*same_label=*/true);
}

double IssueScore(const AuditResult& result, uint64_t row) {
  return 1 / (1 + std::exp(-result.labels.log_odds[row]));
}

bool LabelsConflict(const Dataset& data, const std::vector<uint64_t>& group) {
  return std::any_of(group.begin(), group.end(),
                     [&](uint64_t row) { return data.labels[row] != data.labels[group.front()]; });
}

std::vector<uint64_t> OutlyingRows(const AuditResult& result) {
  std::vector<uint64_t> rows = RankDescending(result.outliers.scores);
  const auto end = std::find_if(rows.begin(), rows.end(), [&](uint64_t row) {
    return result.outliers.scores[row] <= result.outliers.fence;
  });
  rows.erase(end, rows.end());
  return rows;
}

}  // namespace provnet
