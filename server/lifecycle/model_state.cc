#include "server/lifecycle/model_state.h"

#include <utility>

namespace provnet {

absl::Status ModelState::Configure(const absl::StatusOr<std::string>& text) {
  absl::Status error = text.status();
  if (text.ok()) {
    if (*text == config_text_) return absl::OkStatus();
    config_text_ = *text;
    absl::StatusOr<ServingConfig> config =
        text->empty() ? ServingConfig() : ParseServingConfig(*text);
    if (config.ok()) config_ = *std::move(config);
    error = config.status();
  }
  if (error == config_error_) return absl::OkStatus();
  config_error_ = error;
  return error;
}

bool ModelState::IsLoaded(uint64_t version) const {
  const auto entry = versions_.find(version);
  return entry != versions_.end() && entry->second.served() != nullptr;
}

bool ModelState::IsLabelled(uint64_t version) const {
  for (const auto& [name, target] : config_.labels) {
    if (target.version == version) return true;
    const auto current = labels_.find(name);
    if (current != labels_.end() && current->second == version && !IsLoaded(target.version))
      return true;
  }
  return false;
}

VersionPlan ModelState::Plan(absl::Duration now, const VersionPolicy& server_policy) const {
  std::vector<VersionView> views;
  for (const auto& [version, entry] : versions_) {
    views.push_back(entry.View(now));
    views.back().labelled = IsLabelled(version);
  }
  return PlanVersions(views, config_.policy.value_or(server_policy));
}

void ModelState::MoveLabels() {
  std::map<std::string, uint64_t> labels;
  for (const auto& [name, target] : config_.labels) {
    const auto current = labels_.find(name);
    if (IsLoaded(target.version)) {
      labels[name] = target.version;
    } else if (current != labels_.end() && IsLoaded(current->second)) {
      labels[name] = current->second;
    }
  }
  labels_ = std::move(labels);
}

void ModelState::AddWaitingLabels(const std::string& name,
                                  std::vector<WaitingLabel>& waiting) const {
  for (const auto& [label, target] : config_.labels) {
    if (IsLoaded(target.version)) continue;
    const auto current = labels_.find(label);
    waiting.push_back(
        {name, label, target.version, current == labels_.end() ? 0 : current->second});
  }
}

void ModelState::Report(std::vector<ModelReport>& reports) const {
  for (const auto& [version, entry] : versions_) {
    if (!entry.tried()) continue;
    ModelReport& report = reports.emplace_back(entry.Report());
    if (report.served == nullptr) continue;
    for (const auto& [name, target] : labels_) {
      if (target == version) report.labels[name] = config_.labels.at(name).share;
    }
  }
}

}  // namespace provnet
