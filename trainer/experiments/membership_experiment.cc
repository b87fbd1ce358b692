#include "trainer/experiments/membership_experiment.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "proto/head_name.h"
#include "storage/base/status_macros.h"
#include "trainer/data/dataset_spec.h"
#include "trainer/experiments/measured_fit.h"
#include "trainer/experiments/membership_fit.h"
#include "trainer/experiments/membership_meter.h"
#include "trainer/export/membership_scores.h"

namespace provnet {
namespace {

constexpr double kShare = 0.3;

struct HeadUnderTest {
  v1::HeadType head;
  // Of its metrics.
  const char* prefix;
};
constexpr HeadUnderTest kHeads[] = {{v1::HEAD_TYPE_EMBEDDING, ""},
                                    {v1::HEAD_TYPE_CLASS_CONDITIONAL, "class_conditional_"}};

FitOptions FitOf(const ExperimentContext& context, v1::HeadType head, size_t images) {
  FitOptions fit = FitFor(context.options, head);
  const double share = context.options.quick ? std::min(kShare, QuickShare(images)) : kShare;
  HoldOutReference(images, share, fit);
  // Members have to be memorised before they can be told.
  if (context.options.quick) fit.training.epochs = 20;
  return fit;
}

std::string DetectorOf(v1::HeadType head) {
  switch (MembershipStatisticFor(head)) {
    case v1::MEMBERSHIP_STATISTIC_NEGATIVE_ENTROPY:
      return "negative_entropy";
    case v1::MEMBERSHIP_STATISTIC_LOG_MAX_PROBABILITY:
      return "log_max_probability";
    case v1::MEMBERSHIP_STATISTIC_MAX_LOGIT:
      return "max_logit";
    default:
      return "margin";
  }
}

// The figures under the names that the header promises.
void AddMetrics(const HeadUnderTest& head, const Figures& figures, Figures& metrics) {
  const std::string detector = DetectorOf(head.head);
  const std::pair<const char*, const char*> kKinds[] = {
      {"as trained", ""}, {"shifted", "shifted_"}, {"noisy", "noisy_"}};
  for (const auto& [kind, prefix] : kKinds) {
    for (const char* name : {"auc", "tpr_at_fpr_0_001", "tpr_at_fpr_0_01"}) {
      metrics[absl::StrCat(head.prefix, prefix, name)] =
          figures.at(DetectorFigure(detector, kind, name));
    }
  }
  bool within = true;
  for (const NominalRate& nominal : kNominalRates) {
    const std::string fpr = absl::StrCat("fpr_at_nominal_", nominal.name);
    if (!figures.contains(fpr)) continue;
    for (const std::string& name :
         {fpr, fpr + "_lower", fpr + "_upper", absl::StrCat("tpr_at_nominal_", nominal.name)}) {
      metrics[absl::StrCat(head.prefix, name)] = figures.at(name);
    }
    within = within && figures.at(fpr) >= figures.at(fpr + "_lower") &&
             figures.at(fpr) <= figures.at(fpr + "_upper");
  }
  metrics[absl::StrCat(head.prefix, "nominal_rates_within_bands")] = within ? 1 : 0;
}

std::string Percent(double share) { return absl::StrFormat("%.2f %%", share * 100); }

ResultTable DetectorTable(const HeadUnderTest& head, const Figures& figures) {
  ResultTable table{
      .title = absl::StrCat("Telling members from others: ", HeadName(head.head)),
      .columns = {"detector", "members", "AUC", "TPR at FPR 0.1 %", "TPR at FPR 1 %"},
      .rows = {},
      .note = absl::StrFormat(
          "%.0f members against %.0f training images that neither training nor calibration saw; "
          "bundles of this head use %s. Index statistics are measured in the record's own class.",
          figures.at("members"), figures.at("non_members"), DetectorOf(head.head))};
  for (const std::string& detector : DetectorNames()) {
    for (const std::string& kind : RecordKindNames()) {
      const auto figure = [&](const char* name) {
        return figures.at(DetectorFigure(detector, kind, name));
      };
      table.rows.push_back({detector, kind, absl::StrFormat("%.5f", figure("auc")),
                            Percent(figure("tpr_at_fpr_0_001")),
                            Percent(figure("tpr_at_fpr_0_01"))});
    }
  }
  return table;
}

void AddNominalRows(const HeadUnderTest& head, const Figures& figures, ResultTable& table) {
  for (const NominalRate& nominal : kNominalRates) {
    const std::string fpr = absl::StrCat("fpr_at_nominal_", nominal.name);
    if (!figures.contains(fpr)) continue;
    table.rows.push_back({HeadName(head.head), absl::StrFormat("%g %%", nominal.rate * 100),
                          absl::StrFormat("%.3f %%", figures.at(fpr) * 100),
                          absl::StrFormat("%.3f .. %.3f %%", figures.at(fpr + "_lower") * 100,
                                          figures.at(fpr + "_upper") * 100),
                          Percent(figures.at(absl::StrCat("tpr_at_nominal_", nominal.name)))});
  }
}

ResultTable EmptyNominalTable() {
  return {.title = "Do the rates hold that callers name?",
          .columns = {"head", "nominal rate", "non-members called members",
                      "expected in 95 % of cases", "members found"},
          .rows = {},
          .note =
              "Decisions as the server makes them, by the bundle's own reference set, on images "
              "that are not in it. The band counts the chance in both draws, of the reference "
              "and of these images (beta-binomial)."};
}

absl::StatusOr<ExperimentResult> Run(const ExperimentContext& context) {
  PROVNET_ASSIGN_OR_RETURN(const DatasetPair data,
                           LoadDataset(context.options.dataset, context.options.seed));
  ExperimentResult result;
  ResultTable nominal = EmptyNominalTable();
  for (const HeadUnderTest& head : kHeads) {
    const FitOptions fit = FitOf(context, head.head, data.train.size());
    const std::string key = HeadName(head.head);
    PROVNET_ASSIGN_OR_RETURN(const Figures figures, context.journal.Step(key, [&] {
      return MeasuredFit(context, key, fit, MembershipFiguresMeter(context));
    }));
    AddMetrics(head, figures, result.metrics);
    result.tables.push_back(DetectorTable(head, figures));
    AddNominalRows(head, figures, nominal);
  }
  result.tables.insert(result.tables.begin(), std::move(nominal));
  result.notes = {
      "A detector is compared at the threshold that its own non-members give it; the server "
      "decides by a p-value instead, whose rates the first table checks.",
      "Pixel distance and digest need the training images themselves, and the former every one of "
      "them for each question."};
  return result;
}

}  // namespace

const Experiment& MembershipExperiment() {
  static const Experiment experiment = {
      .name = "membership",
      .summary = "tells training samples from others: detection, false-positive rates, baselines",
      .run = Run};
  return experiment;
}

}  // namespace provnet
