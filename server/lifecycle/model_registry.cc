#include "server/lifecycle/model_registry.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace provnet {
namespace {

using Table = std::vector<ModelReport>;

std::string ListAvailable(const Table& table) {
  std::vector<std::string> available;
  for (const ModelReport& report : table) {
    if (report.served == nullptr) continue;
    available.push_back(absl::StrCat(report.location.model, " version ", report.location.version));
  }
  return absl::StrCat("loaded: ", absl::StrJoin(available, ", "));
}

// Says why, where the version is known.
absl::Status NotLoaded(const Table& table, absl::string_view name,
                       std::optional<uint64_t> version) {
  std::string wanted = absl::StrCat("model \"", name, "\"");
  if (version.has_value()) absl::StrAppend(&wanted, " version ", *version);
  std::string reason;
  for (const ModelReport& report : table) {
    if (report.location.model != name || report.location.version != version) continue;
    if (report.state == ModelReport::State::kLoading) reason = ": it is still loading";
    if (report.state == ModelReport::State::kFailed)
      reason = absl::StrCat(": it was refused: ", report.status.message());
  }
  return absl::NotFoundError(
      absl::StrCat(wanted, " is not loaded", reason, " (", ListAvailable(table), ")"));
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

absl::StatusOr<ServedModelHandle> ModelRegistry::Find(absl::string_view name,
                                                      std::optional<uint64_t> version) const {
  const std::shared_ptr<const Table> table = Current();
  ServedModelHandle found;
  const std::string* last_model = nullptr;
  bool several_models = false;
  for (const ModelReport& report : *table) {
    if (report.served == nullptr) continue;
    const std::string& model = report.location.model;
    several_models = several_models || (last_model != nullptr && *last_model != model);
    last_model = &model;
    const bool name_matches = name.empty() || name == model;
    const bool version_matches = !version.has_value() || *version == report.location.version;
    // Reports ascend, so the last match is the highest version.
    if (name_matches && version_matches) found = report.served;
  }
  if (name.empty() && several_models) {
    return absl::InvalidArgumentError(
        absl::StrCat("the model name is empty but several models are loaded; name one (",
                     ListAvailable(*table), ")"));
  }
  if (found != nullptr) return found;
  return NotLoaded(*table, name, version);
}

void ModelRegistry::Drain() const {
  for (const ModelReport& report : *Current()) {
    if (report.served != nullptr) report.served->queue->Drain();
  }
}

}  // namespace provnet
