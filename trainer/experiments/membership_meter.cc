#include "trainer/experiments/membership_meter.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "trainer/experiments/detection_rates.h"
#include "trainer/experiments/membership_records.h"
#include "trainer/experiments/nearest_pixels.h"
#include "trainer/export/membership_scores.h"

namespace provnet {
namespace {

// Members in each state, and images of either kind for the distances, which cost most.
constexpr uint64_t kMostMembers = 10'000;
constexpr uint64_t kMostForDistances = 5'000;

using Scores = std::vector<float>;
using ScoresByDetector = std::map<std::string, Scores>;

constexpr std::pair<const char*, v1::MembershipStatistic> kStatistics[] = {
    {"negative_entropy", v1::MEMBERSHIP_STATISTIC_NEGATIVE_ENTROPY},
    {"log_max_probability", v1::MEMBERSHIP_STATISTIC_LOG_MAX_PROBABILITY},
    {"max_logit", v1::MEMBERSHIP_STATISTIC_MAX_LOGIT},
    {"margin", v1::MEMBERSHIP_STATISTIC_MARGIN}};

Scores DigestScores(const Dataset& records, const Dataset& members) {
  const auto bytes = [](const Dataset& data, size_t i) {
    const auto image = data.image(i);
    return std::string_view(reinterpret_cast<const char*>(image.data()), image.size());
  };
  absl::flat_hash_set<std::string_view> known;
  for (size_t i = 0; i < members.size(); ++i) known.insert(bytes(members, i));
  Scores scores;
  for (size_t i = 0; i < records.size(); ++i) {
    const bool same = known.contains(bytes(records, i));
    scores.push_back(same ? 1.0F : 0.0F);
  }
  return scores;
}

absl::StatusOr<ScoresByDetector> Score(const Servable& servable, const Dataset& records,
                                       const Dataset& members,
                                       const StopCondition& stop_requested) {
  PROVNET_ASSIGN_OR_RETURN(const auto measured, MeasureRecords(servable, records, stop_requested));
  ScoresByDetector scores;
  for (const MeasuredRecord& record : measured) {
    for (const auto& [name, statistic] : kStatistics)
      scores[name].push_back(StatisticValue(record.with_label, statistic));
    scores["class_confidence"].push_back(record.class_probability);
  }
  PROVNET_ASSIGN_OR_RETURN(const Dataset few, Draw(records, kMostForDistances, /*seed=*/1));
  scores["pixel_distance"] = NegativeNearestDistances(few, members);
  scores["digest"] = DigestScores(records, members);
  return scores;
}

void AddDetectorFigures(absl::string_view kind, const ScoresByDetector& members,
                        const ScoresByDetector& non_members, Figures& figures) {
  for (const auto& [detector, scores] : members) {
    const Scores& others = non_members.at(detector);
    figures[DetectorFigure(detector, kind, "auc")] = AreaUnderCurve(scores, others);
    figures[DetectorFigure(detector, kind, "tpr_at_fpr_0_001")] =
        TruePositiveRateAt(scores, others, 0.001);
    figures[DetectorFigure(detector, kind, "tpr_at_fpr_0_01")] =
        TruePositiveRateAt(scores, others, 0.01);
  }
}

// As the server decides: by the bundle's own reference and statistic, in the record's own class.
void AddNominalFigures(const MembershipReference& reference, const ScoresByDetector& members,
                       const ScoresByDetector& non_members, Figures& figures) {
  const auto detector =
      std::find_if(std::begin(kStatistics), std::end(kStatistics),
                   [&](const auto& entry) { return entry.second == reference.statistic(); });
  const auto share_called = [&](const Scores& scores, double rate) {
    const auto called = std::count_if(scores.begin(), scores.end(), [&](float score) {
      return reference.Judge(score, /*labelled=*/true, rate).member;
    });
    return static_cast<double>(called) / static_cast<double>(scores.size());
  };
  for (const auto& [rate, name] : kNominalRates) {
    if (!reference.CheckRate(rate, /*labelled=*/true).ok()) continue;
    const Scores& others = non_members.at(detector->first);
    const CountBand band = NominalRateBand(rate, reference.count(true), others.size());
    const std::string figure = absl::StrCat("fpr_at_nominal_", name);
    figures[figure] = share_called(others, rate);
    figures[figure + "_lower"] =
        static_cast<double>(band.lower) / static_cast<double>(others.size());
    figures[figure + "_upper"] =
        static_cast<double>(band.upper) / static_cast<double>(others.size());
    figures[absl::StrCat("tpr_at_nominal_", name)] =
        share_called(members.at(detector->first), rate);
  }
}

}  // namespace

std::vector<std::string> DetectorNames() {
  std::vector<std::string> names;
  for (const auto& [name, statistic] : kStatistics) names.emplace_back(name);
  for (const char* name : {"class_confidence", "pixel_distance", "digest"})
    names.emplace_back(name);
  return names;
}

std::vector<std::string> RecordKindNames() { return {"as trained", "shifted", "noisy"}; }

std::string DetectorFigure(absl::string_view detector, absl::string_view kind,
                           absl::string_view figure) {
  return absl::StrCat(detector, "/", kind, "/", figure);
}

absl::StatusOr<Figures> MeasureMembershipFigures(const Servable& servable,
                                                 const StopCondition& stop_requested) {
  const MembershipReference* reference = servable.membership_reference();
  if (reference == nullptr)
    return absl::FailedPreconditionError("the bundle has no membership reference to measure with");
  PROVNET_ASSIGN_OR_RETURN(const MembershipRecords records,
                           LoadMembershipRecords(servable.manifest().training()));
  if (records.non_members.size() == 0) {
    return absl::FailedPreconditionError(
        "training and calibration have used every image; expected some to be left over");
  }
  const uint64_t seed = servable.manifest().training().seed();
  PROVNET_ASSIGN_OR_RETURN(const Dataset members, Draw(records.members, kMostMembers, seed));
  PROVNET_ASSIGN_OR_RETURN(const ScoresByDetector others,
                           Score(servable, records.non_members, records.members, stop_requested));
  Figures figures = {{"members", static_cast<double>(members.size())},
                     {"non_members", static_cast<double>(records.non_members.size())},
                     {"reference", static_cast<double>(reference->count(true))}};
  const Dataset states[] = {members, ShiftedByOnePixel(members, seed),
                            WithLightNoise(members, seed)};
  for (size_t i = 0; i < std::size(states); ++i) {
    PROVNET_ASSIGN_OR_RETURN(const ScoresByDetector scores,
                             Score(servable, states[i], records.members, stop_requested));
    AddDetectorFigures(RecordKindNames()[i], scores, others, figures);
    if (i == 0) AddNominalFigures(*reference, scores, others, figures);
  }
  return figures;
}

}  // namespace provnet
