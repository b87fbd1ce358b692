#ifndef PROVNET_SERVER_LIFECYCLE_MODEL_STATE_H_
#define PROVNET_SERVER_LIFECYCLE_MODEL_STATE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/lifecycle/model_registry.h"
#include "server/lifecycle/serving_config.h"
#include "server/lifecycle/version_entry.h"
#include "server/lifecycle/version_plan.h"

namespace provnet {

// A label of serving.json whose version is not loaded.
struct WaitingLabel {
  std::string model;
  std::string label;
  // The one it waits for.
  uint64_t version = 0;
  // The one it points to meanwhile; 0: none.
  uint64_t current = 0;

  bool operator==(const WaitingLabel&) const = default;
};

// One model: its versions, and how they are to be served. Not thread-safe.
class ModelState {
 public:
  std::map<uint64_t, VersionEntry>& versions() { return versions_; }
  const std::map<uint64_t, VersionEntry>& versions() const { return versions_; }

  // Takes the text of the serving configuration; empty for none. One that can't be read or parsed
  // leaves the last good one in force. Returns the error when it is a new one, else OK.
  absl::Status Configure(const absl::StatusOr<std::string>& text);

  // What to do next.
  VersionPlan Plan(absl::Duration now, const VersionPolicy& server_policy) const;

  // Lets each label point where the configuration says, as soon as that version is loaded. Until
  // then it points where it did.
  void MoveLabels();

  // Appends those of the model, which is named `name`.
  void AddWaitingLabels(const std::string& name, std::vector<WaitingLabel>& waiting) const;

  // Appends what is to be published.
  void Report(std::vector<ModelReport>& reports) const;

 private:
  bool IsLoaded(uint64_t version) const;
  // Whether a label points to the version, or shall.
  bool IsLabelled(uint64_t version) const;

  std::map<uint64_t, VersionEntry> versions_;
  // The last text or error that was seen, and the last good configuration.
  std::string config_text_;
  absl::Status config_error_;
  ServingConfig config_;
  // Where the labels point now; never to a version that is not loaded.
  std::map<std::string, uint64_t> labels_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_LIFECYCLE_MODEL_STATE_H_
