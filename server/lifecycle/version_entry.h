#ifndef PROVNET_SERVER_LIFECYCLE_VERSION_ENTRY_H_
#define PROVNET_SERVER_LIFECYCLE_VERSION_ENTRY_H_

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/lifecycle/model_registry.h"
#include "server/lifecycle/served_model.h"
#include "server/lifecycle/version_plan.h"
#include "storage/repository.h"

namespace provnet {

// When a version is tried, and when again.
struct RetryTimes {
  // A folder that has not changed for so long is no longer taken for a copy under way, and one that
  // is not there for so long is gone.
  absl::Duration settle = absl::Seconds(5);
  // How soon to look again at a copy under way.
  absl::Duration glance = absl::Milliseconds(250);
  // After the first failure, and at most; doubled each time.
  absl::Duration first_retry = absl::Seconds(1);
  absl::Duration max_retry = absl::Minutes(1);
};

// What is known of one version: where it is, what is loaded of it, and how its tries went. A
// version that fails for a reason that may pass (RESOURCE_EXHAUSTED, UNAVAILABLE) is tried again
// after a while; any other only once its files have changed, and then not before its time either.
// Not thread-safe.
class VersionEntry {
 public:
  explicit VersionEntry(BundleLocation location) : location_(std::move(location)) {}

  const BundleLocation& location() const { return location_; }
  const ServedModelHandle& served() const { return served_; }

  // What the repository shows of it now; reads the folder's listing where it matters.
  void Seen();
  void NotSeen(absl::Duration now, const RetryTimes& times);
  bool offered() const { return offered_; }

  VersionView View(absl::Duration now) const;
  // Whether there is something to report: it is loaded, or was tried.
  bool tried() const { return served_ != nullptr || progress_ != Progress::kUntried; }
  ModelReport Report() const;
  // When to look again even if nothing happens; infinite for never.
  absl::Duration LookAgain(absl::Duration now, const RetryTimes& times) const;

  // Whether all of it is there. If not, it is tried later, and refused once it has not changed for
  // times.settle: then the reason is returned.
  struct Readiness {
    bool complete = false;
    absl::Status refusal = absl::OkStatus();
  };
  Readiness CheckComplete(absl::Duration now, const RetryTimes& times);

  // Brackets a try.
  void BeginLoad();
  void Loaded(ServedModelHandle served);
  void Refused(absl::Status status, absl::Duration now, const RetryTimes& times);

  void Unload();

 private:
  // Whether a try makes sense, now or at not_before_.
  bool WorthATry() const;

  const BundleLocation location_;
  bool offered_ = true;
  // When it was first missing; infinite while it is there.
  absl::Duration missing_since_ = absl::InfiniteDuration();

  ServedModelHandle served_;
  // Of the bundle that served_ came from, and whether another has taken its place on disk.
  std::string loaded_digest_;
  bool replaced_ = false;
  // Of the bundle that is being loaded.
  std::string digest_in_load_;

  enum class Progress { kUntried, kCopying, kLoading, kLoaded, kRefused };
  Progress progress_ = Progress::kUntried;
  absl::Status status_;
  int failures_ = 0;
  absl::Duration not_before_ = -absl::InfiniteDuration();
  // At the last try, or at the last look at a copy.
  std::string fingerprint_;
  absl::Duration unchanged_since_ = absl::ZeroDuration();
  // Whether the folder has changed since it was refused.
  bool changed_ = false;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_LIFECYCLE_VERSION_ENTRY_H_
