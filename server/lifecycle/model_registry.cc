#include "server/lifecycle/model_registry.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

using Versions = absl::Span<const ModelReport>;

// Multiples of the golden ratio's fraction, modulo 1, are spread more evenly than random numbers:
// of any n in a row, the part below s differs from s n by a few at most. As a fraction of 2^64,
// which the product wraps around at.
constexpr uint64_t kGoldenFraction = 0x9E3779B97F4A7C15;

double PlaceOf(uint64_t draw) {
  constexpr int kBits = 53;
  return std::ldexp(static_cast<double>((draw * kGoldenFraction) >> (64 - kBits)), -kBits);
}

std::string Describe(const ModelReport& report) {
  std::string text = absl::StrCat(report.location.model, " version ", report.location.version);
  if (report.labels.empty()) return text;
  const auto name = [](std::string* out, const auto& label) { absl::StrAppend(out, label.first); };
  return absl::StrCat(text, " (", absl::StrJoin(report.labels, ", ", name), ")");
}

std::string ListAvailable(Versions versions) {
  std::vector<std::string> available;
  for (const ModelReport& report : versions) {
    if (report.served != nullptr) available.push_back(Describe(report));
  }
  return absl::StrCat("loaded: ", absl::StrJoin(available, ", "));
}

// Says why, where the version is known.
absl::Status NotLoaded(Versions table, const ModelSelection& selection) {
  std::string wanted = absl::StrCat("model \"", selection.name, "\"");
  if (selection.version.has_value()) absl::StrAppend(&wanted, " version ", *selection.version);
  if (!selection.label.empty()) absl::StrAppend(&wanted, " label \"", selection.label, "\"");
  std::string reason;
  for (const ModelReport& report : table) {
    if (report.location.model != selection.name || report.location.version != selection.version)
      continue;
    if (report.state == ModelReport::State::kLoading) reason = ": it is still loading";
    if (report.state == ModelReport::State::kFailed)
      reason = absl::StrCat(": it was refused: ", report.status.message());
  }
  return absl::NotFoundError(
      absl::StrCat(wanted, " is not loaded", reason, " (", ListAvailable(table), ")"));
}

// The part of the table that belongs to the model; empty when it is not known.
absl::StatusOr<Versions> VersionsOf(Versions table, absl::string_view name) {
  // The table is sorted by model.
  const auto same_model = [&](const ModelReport& a) { return a.location.model == name; };
  if (!name.empty()) {
    const auto first = std::find_if(table.begin(), table.end(), same_model);
    const auto last = std::find_if_not(first, table.end(), same_model);
    return table.subspan(static_cast<size_t>(first - table.begin()),
                         static_cast<size_t>(last - first));
  }
  const std::string* only = nullptr;
  for (const ModelReport& report : table) {
    if (report.served == nullptr) continue;
    if (only != nullptr && *only != report.location.model) {
      return absl::InvalidArgumentError(
          absl::StrCat("the model name is empty but several models are loaded; name one (",
                       ListAvailable(table), ")"));
    }
    only = &report.location.model;
  }
  if (only == nullptr) return Versions();
  return VersionsOf(table, *only);
}

double ShareOf(const ModelReport& report) {
  double share = 0;
  for (const auto& [name, part] : report.labels) share += part;
  return share;
}

// The version whose shares hold the place `position`, in [0, 1), of all shares; the highest one
// that is loaded where there are none.
const ModelReport* Assigned(Versions versions, double position) {
  double total = 0;
  const ModelReport* highest = nullptr;
  for (const ModelReport& report : versions) {
    if (report.served == nullptr) continue;
    highest = &report;
    total += ShareOf(report);
  }
  if (total <= 0) return highest;
  const ModelReport* assigned = nullptr;
  double place = position * total;
  for (const ModelReport& report : versions) {
    if (report.served == nullptr || ShareOf(report) <= 0) continue;
    assigned = &report;
    if (place < ShareOf(report)) break;
    place -= ShareOf(report);
  }
  return assigned;
}

const ModelReport* Named(Versions versions, const ModelSelection& selection) {
  const std::string label(selection.label);
  for (const ModelReport& report : versions) {
    if (report.served == nullptr) continue;
    if (selection.version == report.location.version || report.labels.count(label) > 0)
      return &report;
  }
  return nullptr;
}

}  // namespace

ModelRegistry::ModelRegistry() : current_(std::make_shared<const Table>()) {}

void ModelRegistry::Publish(std::vector<ModelReport> reports) {
  std::sort(reports.begin(), reports.end(), [](const ModelReport& a, const ModelReport& b) {
    return std::tie(a.location.model, a.location.version) <
           std::tie(b.location.model, b.location.version);
  });
  auto next = std::make_shared<const Table>(std::move(reports));
  const MutexLock lock(mutex_);
  // The old table leaves with `next`, behind the lock.
  current_.swap(next);
}

absl::StatusOr<ServedModelHandle> ModelRegistry::Find(const ModelSelection& selection) const {
  if (selection.version.has_value() && !selection.label.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("the request names version ", *selection.version,
                                                   " and label \"", selection.label,
                                                   "\", expected at most one of them"));
  }
  const std::shared_ptr<const Table> table = Current();
  PROVNET_ASSIGN_OR_RETURN(const Versions versions, VersionsOf(*table, selection.name));
  const ModelReport* found = nullptr;
  if (selection.version.has_value() || !selection.label.empty()) {
    found = Named(versions, selection);
  } else {
    found = Assigned(versions, PlaceOf(draws_.fetch_add(1, std::memory_order_relaxed)));
  }
  if (found != nullptr) return found->served;
  return NotLoaded(*table, selection);
}

absl::StatusOr<std::vector<ModelReport>> ModelRegistry::ReportsOf(absl::string_view name) const {
  const std::shared_ptr<const Table> table = Current();
  PROVNET_ASSIGN_OR_RETURN(const Versions versions, VersionsOf(*table, name));
  if (versions.empty()) return NotLoaded(*table, {.name = name});
  return std::vector<ModelReport>(versions.begin(), versions.end());
}

void ModelRegistry::Drain() const {
  for (const ModelReport& report : *Current()) {
    if (report.served != nullptr) report.served->queue->Drain();
  }
}

}  // namespace provnet
