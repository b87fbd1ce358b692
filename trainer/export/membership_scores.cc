#include "trainer/export/membership_scores.h"

#include <algorithm>
#include <numeric>

#include "storage/base/status_macros.h"
#include "trainer/data/random.h"
#include "trainer/data/reference_set.h"
#include "trainer/data/subset.h"
#include "trainer/export/image_query.h"

namespace provnet {
namespace {

constexpr uint64_t kMemberStream = 0x3e3b;

void Store(std::vector<float> scores, google::protobuf::RepeatedField<float>& field) {
  std::sort(scores.begin(), scores.end());
  field.Assign(scores.begin(), scores.end());
}

struct ScorePair {
  std::vector<float> with_label;
  std::vector<float> without_label;
};

absl::StatusOr<ScorePair> Score(const Servable& servable, const Dataset& records,
                                v1::MembershipStatistic statistic,
                                const StopCondition& stop_requested) {
  PROVNET_ASSIGN_OR_RETURN(const auto measured, MeasureRecords(servable, records, stop_requested));
  ScorePair scores;
  for (const MeasuredRecord& record : measured) {
    scores.with_label.push_back(StatisticValue(record.with_label, statistic));
    scores.without_label.push_back(StatisticValue(record.without_label, statistic));
  }
  return scores;
}

}  // namespace

v1::MembershipStatistic MembershipStatisticFor(v1::HeadType head) {
  return head == v1::HEAD_TYPE_EMBEDDING ? v1::MEMBERSHIP_STATISTIC_MAX_LOGIT
                                         : v1::MEMBERSHIP_STATISTIC_LOG_MAX_PROBABILITY;
}

absl::StatusOr<std::vector<MeasuredRecord>> MeasureRecords(const Servable& servable,
                                                           const Dataset& records,
                                                           const StopCondition& stop_requested) {
  std::vector<MeasuredRecord> measured(records.size());
  const auto in_own_class = [&](size_t i) {
    return ExplainQuery{.membership = MembershipQuestion{.label = records.labels[i]}};
  };
  const auto in_predicted_class = [](size_t) {
    return ExplainQuery{.membership = MembershipQuestion{}};
  };
  // Most are predicted to be what they are; the others are asked about twice.
  std::vector<uint64_t> misclassified;
  PROVNET_RETURN_IF_ERROR(AskAboutImages(
      servable, records, in_own_class, stop_requested, [&](size_t i, const Explanation& answer) {
        measured[i].with_label = measured[i].without_label = answer.membership->statistics;
        measured[i].class_probability = answer.class_probabilities[records.labels[i]];
        if (answer.class_id != records.labels[i]) misclassified.push_back(i);
      }));
  PROVNET_RETURN_IF_ERROR(AskAboutImages(servable, records, misclassified, in_predicted_class,
                                         stop_requested, [&](size_t i, const Explanation& answer) {
                                           measured[i].without_label =
                                               answer.membership->statistics;
                                         }));
  return measured;
}

absl::StatusOr<v1::MembershipCalibration> CalibrateMembership(
    const Servable& servable, const Dataset& samples, const Dataset& non_members,
    const ReferenceDescription& reference, uint64_t seed, const StopCondition& stop_requested) {
  const v1::MembershipStatistic statistic =
      MembershipStatisticFor(servable.manifest().index_head().type());
  std::vector<uint64_t> all(samples.size());
  std::iota(all.begin(), all.end(), 0);
  PROVNET_ASSIGN_OR_RETURN(
      const std::vector<uint64_t> drawn,
      DrawStratified(all, samples.labels, kMostCalibrationMembers, MixSeed(seed, kMemberStream)));
  PROVNET_ASSIGN_OR_RETURN(ScorePair members,
                           Score(servable, Select(samples, drawn), statistic, stop_requested));
  PROVNET_ASSIGN_OR_RETURN(ScorePair others,
                           Score(servable, non_members, statistic, stop_requested));
  v1::MembershipCalibration calibration;
  calibration.set_reference_name(reference.name);
  calibration.set_reference_source(reference.source);
  calibration.set_statistic(statistic);
  calibration.set_index_precision(servable.index_precision());
  Store(std::move(members.with_label), *calibration.mutable_with_label()->mutable_member());
  Store(std::move(others.with_label), *calibration.mutable_with_label()->mutable_non_member());
  Store(std::move(members.without_label), *calibration.mutable_without_label()->mutable_member());
  Store(std::move(others.without_label),
        *calibration.mutable_without_label()->mutable_non_member());
  return calibration;
}

}  // namespace provnet
