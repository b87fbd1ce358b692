#ifndef PROVNET_SERVER_LIFECYCLE_LIFECYCLE_PROBE_H_
#define PROVNET_SERVER_LIFECYCLE_LIFECYCLE_PROBE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/lifecycle/model_state.h"
#include "server/lifecycle/served_model.h"
#include "storage/repository.h"

namespace provnet {

// What a ModelLifecycle tells the world, from its own thread.
class LifecycleProbe {
 public:
  virtual ~LifecycleProbe() = default;

  // The version answers from now on; `took` for verifying, loading and warming up.
  virtual void VersionLoaded(const Servable& servable, absl::Duration took) = 0;
  // The version was held back. Once for each try.
  virtual void VersionRefused(const BundleLocation& location, const absl::Status& status) = 0;
  // No new calls go to the version; those in flight still finish.
  virtual void VersionRetired(const Servable& servable) = 0;
  // The model's serving.json can't be used; the last good one stays in force. Once for each reason.
  virtual void ConfigRefused(const std::string& model, const absl::Status& status) = 0;
  // The labels that wait for their versions have changed; `waiting` are those of all models.
  virtual void LabelsWaiting(const std::vector<WaitingLabel>& waiting) = 0;
  // The repository can't be read, or is empty, where models were before: what is loaded goes on.
  virtual void RepositoryLost(const absl::Status& status) = 0;
  virtual void RepositoryFound() = 0;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_LIFECYCLE_LIFECYCLE_PROBE_H_
