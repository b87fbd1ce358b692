#include "server/engine/model_registry.h"

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "storage/base/status_macros.h"

namespace provnet {

ModelRegistry::ModelRegistry(Source source, Loader loader)
    : source_(std::move(source)), loader_(std::move(loader)) {}

absl::Status ModelRegistry::LoadAll() {
  PROVNET_ASSIGN_OR_RETURN(const std::vector<BundleLocation> offered, source_());
  std::map<std::string, std::map<uint64_t, BundleLocation>> by_model;
  for (const BundleLocation& location : offered) {
    by_model[location.model].insert({location.version, location});
  }
  if (by_model.empty())
    return absl::NotFoundError("the model repository holds no published version of any model");

  std::vector<std::string> failures;
  size_t loaded = 0;
  for (auto& [model, versions] : by_model) {
    // Highest first; the first that loads serves, and what failed before it stays in the reports.
    for (auto version = versions.rbegin(); version != versions.rend(); ++version) {
      const BundleLocation& location = version->second;
      absl::StatusOr<ModelHandle> handle = loader_(location);
      ModelReport report{location, handle.ok() ? *handle : nullptr, handle.status()};
      if (!handle.ok()) {
        failures.push_back(
            absl::StrCat(model, " version ", location.version, ": ", handle.status().message()));
      }
      {
        const MutexLock lock(mutex_);
        reports_[{model, location.version}] = std::move(report);
      }
      if (handle.ok()) {
        ++loaded;
        break;
      }
    }
  }
  if (loaded == 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("no model could be loaded: ", absl::StrJoin(failures, "; ")));
  }
  return absl::OkStatus();
}

absl::StatusOr<ModelHandle> ModelRegistry::Find(absl::string_view name,
                                                std::optional<uint64_t> version) const {
  const MutexLock lock(mutex_);
  ModelHandle found;
  std::vector<std::string> available;
  absl::flat_hash_set<std::string> models;
  for (const auto& [key, report] : reports_) {
    if (report.handle == nullptr) continue;
    available.push_back(absl::StrCat(key.first, " version ", key.second));
    models.insert(key.first);
    const bool name_matches = name.empty() || name == key.first;
    const bool version_matches = !version.has_value() || *version == key.second;
    // Keys ascend, so the last match is the highest version.
    if (name_matches && version_matches) found = report.handle;
  }
  const std::string loaded = absl::StrCat("loaded: ", absl::StrJoin(available, ", "));
  if (name.empty() && models.size() > 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the model name is empty but several models are loaded; name one (", loaded, ")"));
  }
  if (found != nullptr) return found;
  const std::string wanted = version.has_value()
                                 ? absl::StrCat("model \"", name, "\" version ", *version)
                                 : absl::StrCat("model \"", name, "\"");
  return absl::NotFoundError(absl::StrCat(wanted, " is not loaded (", loaded, ")"));
}

std::vector<ModelReport> ModelRegistry::Reports() const {
  const MutexLock lock(mutex_);
  std::vector<ModelReport> reports;
  for (const auto& [key, report] : reports_) reports.push_back(report);
  return reports;
}

}  // namespace provnet
