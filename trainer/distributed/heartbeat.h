#ifndef PROVNET_TRAINER_DISTRIBUTED_HEARTBEAT_H_
#define PROVNET_TRAINER_DISTRIBUTED_HEARTBEAT_H_

#include <memory>
#include <string>
#include <thread>
#include <torch/csrc/distributed/c10d/Store.hpp>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "trainer/distributed/share.h"

namespace provnet {

// Says which processes of a world are gone, and why where they said so. A thread of its own counts
// up this rank's key in the world's store and reads the others'. So a rank may be busy for as long
// as it likes between two collectives without being taken for dead, and one that is dead is named.
// Thread-safe.
class Heartbeat {
 public:
  // Counts up every `interval`. Nothing else uses this connection to the store.
  Heartbeat(c10::intrusive_ptr<c10d::Store> store, RankOf who, absl::Duration interval);
  // Leaves the thread to itself when the store doesn't answer.
  ~Heartbeat();
  Heartbeat(const Heartbeat&) = delete;
  Heartbeat& operator=(const Heartbeat&) = delete;

  // UNAVAILABLE when some rank has said that it leaves (says why), or has been silent for longer
  // than `limit`: names the ranks.
  absl::Status Check(absl::Duration limit) const;

  // Lets the other ranks know why this one leaves: told by the time this object is destroyed,
  // unless the store doesn't answer for some seconds.
  void Leave(const std::string& why);

 private:
  struct State;

  const std::shared_ptr<State> state_;
  std::thread thread_;
};

}  // namespace provnet

#endif  // PROVNET_TRAINER_DISTRIBUTED_HEARTBEAT_H_
