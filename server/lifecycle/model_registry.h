#ifndef PROVNET_SERVER_LIFECYCLE_MODEL_REGISTRY_H_
#define PROVNET_SERVER_LIFECYCLE_MODEL_REGISTRY_H_

#include <atomic>
#include <cstdint>
#include <map>
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
  // The labels that it answers to, with their shares of the calls that name neither version nor
  // label. Of available versions only.
  std::map<std::string, double> labels = {};
};

// Which model a call asks.
struct ModelSelection {
  // Empty: the only one.
  absl::string_view name = "";
  // At most one of the two.
  std::optional<uint64_t> version = std::nullopt;
  absl::string_view label = "";
};

// What the server serves right now, as one value that is replaced at a time: a call sees all of a
// change or nothing of it. Thread-safe; readers wait for nobody but for the copy of a pointer.
class ModelRegistry {
 public:
  ModelRegistry();

  // Replaces what is served. Each version at most once.
  void Publish(std::vector<ModelReport> reports);

  // The version that is selected. With neither version nor label, that is the one whose labels'
  // shares give it this call, in turns that come as close to the shares as whole calls can, or the
  // highest version where no label has a share. NOT_FOUND names what was asked for and what there
  // is, or why it was refused; INVALID_ARGUMENT for an empty name with several models, and for both
  // a version and a label.
  absl::StatusOr<ServedModelHandle> Find(const ModelSelection& selection) const;

  // Where the versions of one model stand, ascending; NOT_FOUND or INVALID_ARGUMENT as above.
  absl::StatusOr<std::vector<ModelReport>> ReportsOf(absl::string_view name) const;

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

  // Calls that left the choice to the shares.
  mutable std::atomic<uint64_t> draws_{0};

  mutable Mutex mutex_;
  std::shared_ptr<const Table> current_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace provnet

#endif  // PROVNET_SERVER_LIFECYCLE_MODEL_REGISTRY_H_
