#include "server/lifecycle/model_lifecycle.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "storage/base/status_macros.h"

namespace provnet {

ModelLifecycle::ModelLifecycle(const Options& options, Source source, ConfigSource config_source,
                               Loader loader, const Clock& clock, LifecycleProbe& probe,
                               ModelRegistry& registry)
    : options_(options),
      source_(std::move(source)),
      config_source_(std::move(config_source)),
      loader_(std::move(loader)),
      clock_(clock),
      probe_(probe),
      registry_(registry) {}

absl::Status ModelLifecycle::LoadAll() {
  PROVNET_ASSIGN_OR_RETURN(const std::vector<BundleLocation> offered, Look(/*may_be_empty=*/false));
  Observe(offered);
  for (auto& [name, model] : models_) Settle(model, /*await_copies=*/false);
  TellLabels();
  std::vector<std::string> failures;
  for (const ModelReport& report : registry_.Reports()) {
    if (report.served != nullptr) return absl::OkStatus();
    failures.push_back(absl::StrCat(report.location.model, " version ", report.location.version,
                                    ": ", report.status.message()));
  }
  if (failures.empty()) failures.push_back("none of the versions is one that the policy asks for");
  return absl::FailedPreconditionError(
      absl::StrCat("no model could be loaded: ", absl::StrJoin(failures, "; ")));
}

absl::Duration ModelLifecycle::Pass() {
  if (const auto offered = Look(/*may_be_empty=*/models_.empty()); offered.ok()) {
    Observe(*offered);
    for (auto& [name, model] : models_) Settle(model, /*await_copies=*/true);
    Forget();
    Publish();
    TellLabels();
  }
  return UntilNextLook();
}

absl::StatusOr<std::vector<BundleLocation>> ModelLifecycle::Look(bool may_be_empty) {
  absl::StatusOr<std::vector<BundleLocation>> offered = source_();
  if (offered.ok() && offered->empty() && !may_be_empty) {
    offered = absl::NotFoundError("the model repository holds no published version of any model");
  }
  if (!offered.ok() && !lost_) probe_.RepositoryLost(offered.status());
  if (offered.ok() && lost_) probe_.RepositoryFound();
  lost_ = !offered.ok();
  return offered;
}

void ModelLifecycle::Observe(const std::vector<BundleLocation>& offered) {
  const absl::Duration now = clock_.Monotonic();
  std::set<std::pair<std::string, uint64_t>> seen;
  for (const BundleLocation& location : offered) {
    seen.insert({location.model, location.version});
    auto& versions = models_[location.model].versions();
    versions.try_emplace(location.version, location).first->second.Seen();
  }
  for (auto& [name, model] : models_) {
    Configure(name, model);
    for (auto& [version, entry] : model.versions()) {
      if (seen.count({name, version}) == 0) entry.NotSeen(now, options_.times);
    }
  }
}

void ModelLifecycle::Configure(const std::string& name, ModelState& model) {
  const absl::Status error = model.Configure(config_source_(name));
  if (!error.ok()) probe_.ConfigRefused(name, error);
}

void ModelLifecycle::Settle(ModelState& model, bool await_copies) {
  while (!stopping_.load()) {
    model.MoveLabels();
    const VersionPlan plan = model.Plan(clock_.Monotonic(), options_.policy);
    // A try leaves its version ready or passed over for some time, so this ends.
    if (plan.load.has_value()) {
      Try(model.versions().at(*plan.load), await_copies);
      continue;
    }
    for (const uint64_t version : plan.unload) Retire(model.versions().at(version));
    model.MoveLabels();
    return Publish();
  }
}

void ModelLifecycle::Try(VersionEntry& entry, bool await_copies) {
  if (await_copies) {
    const VersionEntry::Readiness readiness =
        entry.CheckComplete(clock_.Monotonic(), options_.times);
    if (!readiness.refusal.ok()) probe_.VersionRefused(entry.location(), readiness.refusal);
    if (!readiness.complete) return Publish();
  }
  Load(entry);
  Publish();
}

void ModelLifecycle::Load(VersionEntry& entry) {
  entry.BeginLoad();
  Publish();
  const absl::Duration start = clock_.Monotonic();
  absl::StatusOr<ServedModelHandle> served = loader_(entry.location());
  const absl::Duration end = clock_.Monotonic();
  if (!served.ok()) {
    entry.Refused(served.status(), end, options_.times);
    return probe_.VersionRefused(entry.location(), served.status());
  }
  if (entry.served() != nullptr) probe_.VersionRetired(*entry.served()->handle);
  probe_.VersionLoaded(*(*served)->handle, end - start);
  entry.Loaded(*std::move(served));
}

void ModelLifecycle::Retire(VersionEntry& entry) {
  const ServedModelHandle served = entry.served();
  entry.Unload();
  Publish();
  probe_.VersionRetired(*served->handle);
}

void ModelLifecycle::Forget() {
  for (auto model = models_.begin(); model != models_.end();) {
    auto& versions = model->second.versions();
    const bool gone = std::none_of(versions.begin(), versions.end(),
                                   [](const auto& item) { return item.second.offered(); });
    for (auto version = versions.begin(); version != versions.end();) {
      VersionEntry& entry = version->second;
      if (gone && entry.served() != nullptr) Retire(entry);
      version = !entry.offered() && entry.served() == nullptr ? versions.erase(version)
                                                              : std::next(version);
    }
    model = versions.empty() ? models_.erase(model) : std::next(model);
  }
}

void ModelLifecycle::Publish() {
  std::vector<ModelReport> reports;
  for (const auto& [name, model] : models_) model.Report(reports);
  registry_.Publish(std::move(reports));
}

void ModelLifecycle::TellLabels() {
  std::vector<WaitingLabel> waiting;
  for (const auto& [name, model] : models_) model.AddWaitingLabels(name, waiting);
  if (waiting == waiting_labels_) return;
  waiting_labels_ = std::move(waiting);
  probe_.LabelsWaiting(waiting_labels_);
}

absl::Duration ModelLifecycle::UntilNextLook() const {
  // What waits for its time is not looked at before the repository is there again.
  if (lost_) return absl::InfiniteDuration();
  const absl::Duration now = clock_.Monotonic();
  absl::Duration next = absl::InfiniteDuration();
  for (const auto& [name, model] : models_) {
    for (const auto& [version, entry] : model.versions())
      next = std::min(next, entry.LookAgain(now, options_.times));
  }
  return std::max(next - now, absl::ZeroDuration());
}

}  // namespace provnet
