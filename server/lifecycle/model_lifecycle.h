#ifndef PROVNET_SERVER_LIFECYCLE_MODEL_LIFECYCLE_H_
#define PROVNET_SERVER_LIFECYCLE_MODEL_LIFECYCLE_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/lifecycle/lifecycle_probe.h"
#include "server/lifecycle/model_registry.h"
#include "server/lifecycle/model_state.h"
#include "server/lifecycle/version_entry.h"
#include "server/lifecycle/version_policy.h"
#include "storage/base/clock.h"
#include "storage/repository.h"

namespace provnet {

// Brings a registry in line with a repository: takes locations from a Source (ScanRepository),
// turns them into served models with a Loader, publishes them, and lets go of what they replace.
// Whatever goes wrong, the version that answers goes on answering:
//
// - a version that fails is passed over, and the next lower one serves in its place;
// - a version whose files are not all there is a copy under way, and waits;
// - a version that is deleted serves until another one has taken over; a model goes when none of
//   its versions has been there for a while;
// - a repository that can't be read, or is empty, changes nothing.
//
// How many and which versions of a model serve, and to which labels they answer, is said by the
// server's policy and by the model's serving.json, which is read again in each pass.
//
// All methods but Stop from one thread at a time; the registry's readers may be anywhere.
class ModelLifecycle {
 public:
  using Source = std::function<absl::StatusOr<std::vector<BundleLocation>>()>;
  // Verifies, loads and warms up.
  using Loader = std::function<absl::StatusOr<ServedModelHandle>(const BundleLocation&)>;

  // The text of a model's serving.json, empty for none (ReadServingConfig).
  using ConfigSource = std::function<absl::StatusOr<std::string>(const std::string& model)>;

  struct Options {
    RetryTimes times = {};
    // Of the models that have none of their own.
    VersionPolicy policy = {};
  };

  // What is referred to outlives this.
  ModelLifecycle(const Options& options, Source source, ConfigSource config_source, Loader loader,
                 const Clock& clock, LifecycleProbe& probe, ModelRegistry& registry);

  // The start: loads what is wanted of each model and publishes it, without waiting for copies.
  // Fails only when the source does or no version of any model could be loaded, with every reason.
  absl::Status LoadAll();

  // Looks at the repository once and does what is to be done. Returns for how long nothing needs
  // another look unless the repository changes; may be infinite.
  absl::Duration Pass();

  // Lets no further load begin. Thread-safe.
  void Stop() { stopping_.store(true); }

 private:
  void Observe(const std::vector<BundleLocation>& offered);
  void Configure(const std::string& name, ModelState& model);
  // Loads and unloads until the model is as wanted.
  void Settle(ModelState& model, bool await_copies);
  void Try(VersionEntry& entry, bool await_copies);
  void Load(VersionEntry& entry);
  void Retire(VersionEntry& entry);
  // Forgets versions that are gone, and models all of whose versions are.
  void Forget();
  void Publish();
  // Tells of labels that wait, when they have changed.
  void TellLabels();
  // What the repository offers, and whether it is lost: it can't be read or, where it had better
  // not, holds nothing.
  absl::StatusOr<std::vector<BundleLocation>> Look(bool may_be_empty);
  absl::Duration UntilNextLook() const;

  const Options options_;
  const Source source_;
  const ConfigSource config_source_;
  const Loader loader_;
  const Clock& clock_;
  LifecycleProbe& probe_;
  ModelRegistry& registry_;

  std::map<std::string, ModelState> models_;
  bool lost_ = false;
  std::vector<WaitingLabel> waiting_labels_;
  std::atomic<bool> stopping_{false};
};

}  // namespace provnet

#endif  // PROVNET_SERVER_LIFECYCLE_MODEL_LIFECYCLE_H_
