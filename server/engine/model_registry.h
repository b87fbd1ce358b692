#ifndef PROVNET_SERVER_ENGINE_MODEL_REGISTRY_H_
#define PROVNET_SERVER_ENGINE_MODEL_REGISTRY_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/engine/servable.h"
#include "storage/base/mutex.h"
#include "storage/repository.h"

namespace provnet {

// What became of one version that the source offered.
struct ModelReport {
  BundleLocation location;
  // Null exactly when `status` is not OK.
  ModelHandle handle;
  absl::Status status;
};

// The loaded versions by model name: takes locations from a Source (ScanRepository), turns them
// into handles with a Loader, and hands those out. Thread-safe.
class ModelRegistry {
 public:
  using Source = std::function<absl::StatusOr<std::vector<BundleLocation>>()>;
  using Loader = std::function<absl::StatusOr<ModelHandle>(const BundleLocation&)>;

  ModelRegistry(Source source, Loader loader);

  // Loads the highest version of each model that the source offers; where it fails, the next lower
  // one serves instead and the failure is reported. Fails only when the source does or no version
  // of any model could be loaded, with every reason. Not reentrant.
  absl::Status LoadAll();

  // The handle of `name` (empty: the only model) at `version` (unset: the highest loaded).
  // NOT_FOUND names what was asked for and what there is; INVALID_ARGUMENT for an empty name with
  // several models.
  absl::StatusOr<ModelHandle> Find(absl::string_view name, std::optional<uint64_t> version) const;

  // Everything that was offered and tried, sorted by model, then version.
  std::vector<ModelReport> Reports() const;

 private:
  const Source source_;
  const Loader loader_;

  mutable Mutex mutex_;
  std::map<std::pair<std::string, uint64_t>, ModelReport> reports_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace provnet

#endif  // PROVNET_SERVER_ENGINE_MODEL_REGISTRY_H_
