#ifndef PROVNET_SERVER_LIFECYCLE_MODEL_REGISTRY_H_
#define PROVNET_SERVER_LIFECYCLE_MODEL_REGISTRY_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/lifecycle/served_model.h"
#include "storage/base/mutex.h"
#include "storage/repository.h"

namespace provnet {

// Where one version of the repository stands.
struct ModelReport {
  enum class State {
    // Answers requests.
    kAvailable,
    // Being copied into the repository, verified, loaded or warmed up.
    kLoading,
    // Refused.
    kFailed,
  };

  BundleLocation location;
  State state = State::kFailed;
  // Set exactly when available.
  ServedModelHandle served = nullptr;
  // Why it was refused; of an available version: why the bundle that has taken its place on disk
  // was.
  absl::Status status = absl::OkStatus();
};

// What the server serves right now, as one value that is replaced at a time: a call sees all of a
// change or nothing of it. Thread-safe; readers wait for nobody but for the copy of a pointer.
class ModelRegistry {
 public:
  ModelRegistry();

  // Replaces what is served. Each version at most once.
  void Publish(std::vector<ModelReport> reports);

  // The version of `name` (empty: the only model) numbered `version` (unset: the highest that is
  // available). NOT_FOUND names what was asked for and what there is, or why it was refused;
  // INVALID_ARGUMENT for an empty name with several models.
  absl::StatusOr<ServedModelHandle> Find(absl::string_view name,
                                         std::optional<uint64_t> version) const;

  // As published, sorted by model, then version.
  std::vector<ModelReport> Reports() const { return *Current(); }

  // Drains every queue: refuses new tasks, runs those that wait, joins the executors.
  void Drain() const;

 private:
  using Table = std::vector<ModelReport>;

  std::shared_ptr<const Table> Current() const {
    const MutexLock lock(mutex_);
    return current_;
  }

  mutable Mutex mutex_;
  std::shared_ptr<const Table> current_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace provnet

#endif  // PROVNET_SERVER_LIFECYCLE_MODEL_REGISTRY_H_
