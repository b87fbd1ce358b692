#ifndef PROVNET_TRAINER_DISTRIBUTED_WORLD_H_
#define PROVNET_TRAINER_DISTRIBUTED_WORLD_H_

#include <c10/core/Device.h>
#include <torch/types.h>

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "trainer/distributed/environment.h"

namespace provnet {

// One process's place among those that train together.
//
// Every rank calls the same collectives in the same order, on dense tensors of one type and one
// shape, in main memory or on the GPU that it joined with. Each returns once it is done, and throws
// std::runtime_error as soon as some rank is known to be gone; failure() then says which. After
// that the world is of no more use. Equal calls give equal results, the same on all ranks. Not
// thread-safe.
class World {
 public:
  virtual ~World() = default;

  RankOf who() const { return who_; }

  // Replaces `values` by their sum over the ranks.
  void Sum(at::Tensor values) { BeginSum(std::move(values))(); }
  // The same in the background: `values` belongs to it until the returned function, which is called
  // once, has waited for the end.
  virtual std::function<void()> BeginSum(at::Tensor values) = 0;
  // The `values` of all ranks: [ranks, ...].
  virtual at::Tensor Gather(const at::Tensor& values) = 0;
  // The same on rank 0 alone; undefined on the others.
  virtual at::Tensor GatherAtRank0(const at::Tensor& values) = 0;
  // Row r of what rank s passes is row s of what rank r gets; both are [ranks, ...].
  virtual at::Tensor Exchange(const at::Tensor& values) = 0;
  // Replaces `values` by those of rank 0.
  virtual void Broadcast(at::Tensor values) = 0;

  // Texts by name, for what is no tensor. Each is posted once, by one rank; Read waits for it as
  // long as all ranks live. UNAVAILABLE when one is gone.
  virtual absl::Status Post(const std::string& name, absl::string_view text) = 0;
  virtual absl::StatusOr<std::string> Read(const std::string& name) = 0;

  // Returns when all ranks have called it: none needs the others any more.
  virtual absl::Status Part() = 0;
  // Tells the others that this rank ends early, and why, so that they needn't find out.
  virtual void Leave(absl::string_view why) = 0;

  // Why a collective threw; OK when none did.
  const absl::Status& failure() const { return failure_; }

 protected:
  explicit World(RankOf who) : who_(who) {}

  absl::Status failure_;

 private:
  const RankOf who_;
};

struct WorldOptions {
  // Where this process computes: the CPU or a GPU of its own. All ranks have the same kind.
  c10::Device device = at::kCPU;
  // How long to wait until all processes are there.
  absl::Duration join_timeout = absl::Minutes(10);
  // How often each process says that it is alive, and how long one may be silent before it counts
  // as dead.
  absl::Duration beat_interval = absl::Milliseconds(500);
  absl::Duration silence_limit = absl::Seconds(20);
};

// Joins a torch.distributed world: LibTorch's c10d with its TCP store, which rank 0 serves, Gloo
// for tensors in main memory, and NCCL for those on GPUs. Gloo listens on the address that this
// machine's name stands for, or on the interface that the environment variable GLOO_SOCKET_IFNAME
// names; NCCL reads variables of its own, NCCL_SOCKET_IFNAME among them. The process ignores
// SIGPIPE from then on.
//
// Blocks until all processes are there. UNAVAILABLE when they are not in time, or the address can't
// be reached or listened on; INVALID_ARGUMENT when the ranks compute on different kinds of device;
// UNIMPLEMENTED in a build without Gloo, or on a GPU in one without NCCL.
absl::StatusOr<std::unique_ptr<World>> JoinWorld(const WorldAddress& address,
                                                 const WorldOptions& options = {});

}  // namespace provnet

#endif  // PROVNET_TRAINER_DISTRIBUTED_WORLD_H_
