#include "server/cli/lifecycle_reporter.h"

#include "absl/strings/str_cat.h"

namespace provnet {
namespace {

ServerMetrics::LoadedModel Describe(const Servable& servable) {
  return {servable.manifest().model(), servable.manifest().version(), servable.device(),
          servable.index_precision()};
}

}  // namespace

void LifecycleReporter::VersionLoaded(const Servable& servable, absl::Duration took) {
  metrics_.ModelLoaded(Describe(servable));
  const absl::Status& features = servable.optimised_features();
  log_.Write(LogLevel::kInfo, "model loaded",
             {{"model", servable.manifest().model()},
              {"version", servable.manifest().version()},
              {"samples", servable.sample_count()},
              {"device", servable.device()},
              {"index_precision", servable.index_precision()},
              {"features", features.ok() ? "optimised" : features.ToString()},
              // Bundles from before the trainer recorded them have none.
              {"golden_answers", servable.has_golden_answers() ? "verified" : "none"},
              {"seconds", absl::ToDoubleSeconds(took)}});
}

void LifecycleReporter::VersionRefused(const BundleLocation& location, const absl::Status& status) {
  metrics_.ModelRefused(status);
  log_.Write(
      LogLevel::kError, "model refused",
      {{"model", location.model}, {"version", location.version}, {"reason", status.ToString()}});
}

void LifecycleReporter::VersionRetired(const Servable& servable) {
  metrics_.ModelRetired(Describe(servable));
  log_.Write(LogLevel::kInfo, "model retired",
             {{"model", servable.manifest().model()}, {"version", servable.manifest().version()}});
}

void LifecycleReporter::VersionUnloaded(const std::string& model, uint64_t version) {
  metrics_.ModelUnloaded();
  log_.Write(LogLevel::kInfo, "model unloaded", {{"model", model}, {"version", version}});
}

void LifecycleReporter::ConfigRefused(const std::string& model, const absl::Status& status) {
  metrics_.ServingConfigRefused();
  log_.Write(LogLevel::kError, "serving configuration refused",
             {{"model", model},
              {"reason", status.ToString()},
              {"effect", "the last good one stays in force"}});
}

void LifecycleReporter::LabelsWaiting(const std::vector<WaitingLabel>& waiting) {
  metrics_.SetLabelsWaiting(waiting.size());
  if (waiting.empty()) log_.Write(LogLevel::kInfo, "all labels point to their versions", {});
  for (const WaitingLabel& label : waiting) {
    log_.Write(
        LogLevel::kWarning, "label waits for its version",
        {{"model", label.model},
         {"label", label.label},
         {"version", label.version},
         {"effect", label.current == 0 ? std::string("requests that name it are refused")
                                       : absl::StrCat("it points to version ", label.current)}});
  }
}

void LifecycleReporter::RepositoryLost(const absl::Status& status) {
  metrics_.SetRepositoryLost(true);
  log_.Write(
      LogLevel::kError, "repository lost",
      {{"reason", status.ToString()}, {"effect", "what is loaded, if anything, goes on serving"}});
}

void LifecycleReporter::RepositoryFound() {
  metrics_.SetRepositoryLost(false);
  log_.Write(LogLevel::kInfo, "repository found", {});
}

}  // namespace provnet
