#include <torch/torch.h>

#include <chrono>
#include <csignal>
#include <future>
#include <stdexcept>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/model/torch_status.h"
#include "storage/base/status_macros.h"
#include "trainer/distributed/heartbeat.h"
#include "trainer/distributed/meeting.h"
#include "trainer/distributed/rank_group.h"
#include "trainer/distributed/world.h"

namespace provnet {
namespace {

// After this, Gloo and NCCL give up by themselves. The heartbeat finds out who is gone, much
// earlier; this is above what one rank may do alone while others wait, such as writing a
// checkpoint.
constexpr absl::Duration kExchangeTimeout = absl::Minutes(30);
// How often a wait looks whether everyone lives.
constexpr absl::Duration kLookInterval = absl::Milliseconds(250);
// When a connection breaks: the rank is gone that gives no sign of life for this long; it is looked
// for a little longer.
constexpr absl::Duration kBrokenSilence = absl::Seconds(3);
constexpr absl::Duration kDiagnosisTime = absl::Seconds(5);

// The exchange of tensors on one kind of device, and what is under way of it.
struct Pending {
  RankGroup& group;
  c10::intrusive_ptr<c10d::Work> work;
};

class C10dWorld : public World {
 public:
  // `on_gpu` is null where the ranks compute on CPUs.
  C10dWorld(RankOf who, absl::Duration silence_limit, c10::intrusive_ptr<c10d::TCPStore> store,
            std::unique_ptr<Heartbeat> heartbeat, std::unique_ptr<RankGroup> on_cpu,
            std::unique_ptr<RankGroup> on_gpu)
      : World(who),
        silence_limit_(silence_limit),
        store_(std::move(store)),
        heartbeat_(std::move(heartbeat)),
        on_cpu_(std::move(on_cpu)),
        on_gpu_(std::move(on_gpu)) {}
  ~C10dWorld() override;

  // Has the GPUs' first exchange. As a collective, but returns why it failed.
  absl::Status ConnectGpus(c10::Device own);

  std::function<void()> BeginSum(at::Tensor values) override;
  at::Tensor Gather(const at::Tensor& values) override;
  at::Tensor GatherAtRank0(const at::Tensor& values) override;
  at::Tensor Exchange(const at::Tensor& values) override;
  void Broadcast(at::Tensor values) override;
  absl::Status Post(const std::string& name, absl::string_view text) override;
  absl::StatusOr<std::string> Read(const std::string& name) override;
  absl::Status Part() override;
  void Leave(absl::string_view why) override;

 private:
  // Runs `start` with the collectives for tensors like `values`; it returns c10d's work.
  template <typename Start>
  Pending Begin(const at::Tensor& values, Start&& start);
  void Await(const Pending& pending);
  // [ranks, ...], not filled.
  at::Tensor RoomForAll(const at::Tensor& values) const;
  absl::Status Diagnose(absl::string_view symptom) const;
  // By reference: GCC 14 takes it that nobody looks at an argument that was moved from in a
  // function that does not return, but the unwinding of its exception does.
  [[noreturn]] void Fail(const absl::Status& why);

  const absl::Duration silence_limit_;
  c10::intrusive_ptr<c10d::TCPStore> store_;
  std::unique_ptr<Heartbeat> heartbeat_;
  std::unique_ptr<RankGroup> on_cpu_;
  std::unique_ptr<RankGroup> on_gpu_;
  bool left_ = false;
};

C10dWorld::~C10dWorld() {
  if (left_ || !failure_.ok()) {
    on_cpu_->Abandon();
    if (on_gpu_ != nullptr) on_gpu_->Abandon();
  }
  // The store goes with rank 0; the others shall read in it why.
  heartbeat_.reset();
  if (left_ && who().rank == 0) std::this_thread::sleep_for(absl::ToChronoMilliseconds(kFarewell));
}

void C10dWorld::Leave(absl::string_view why) {
  left_ = true;
  heartbeat_->Leave(std::string(why));
}

void C10dWorld::Fail(const absl::Status& why) {
  failure_ = why;
  throw std::runtime_error(std::string(failure_.message()));
}

// A connection breaks at once when the process at its other end dies; which one that was shows a
// little later.
absl::Status C10dWorld::Diagnose(absl::string_view symptom) const {
  for (absl::Duration waited; waited < kDiagnosisTime; waited += kLookInterval) {
    if (absl::Status status = heartbeat_->Check(kBrokenSilence); !status.ok()) return status;
    std::this_thread::sleep_for(absl::ToChronoMilliseconds(kLookInterval));
  }
  return absl::UnavailableError(absl::StrCat(
      "the exchange with the other processes of this job failed, though none is known to be gone: ",
      symptom));
}

template <typename Start>
Pending C10dWorld::Begin(const at::Tensor& values, Start&& start) {
  RankGroup& group = values.is_cuda() ? *on_gpu_ : *on_cpu_;
  try {
    return {group, std::forward<Start>(start)(group.collectives())};
  } catch (const std::exception&) {
    Fail(Diagnose(CurrentTorchError("begin an exchange").message()));
  }
}

void C10dWorld::Await(const Pending& pending) {
  try {
    while (!pending.group.EndsWithin(*pending.work, kLookInterval)) {
      if (const absl::Status status = heartbeat_->Check(silence_limit_); !status.ok()) {
        return Fail(status);
      }
    }
    pending.group.Take(*pending.work);
  } catch (const std::exception&) {
    if (!failure_.ok()) throw;
    Fail(Diagnose(CurrentTorchError("exchange data").message()));
  }
}

// The first collective returns only once all ranks are connected, so another thread begins it;
// where a rank is gone, that thread and the group are left to the end of the process.
absl::Status C10dWorld::ConnectGpus(c10::Device own) {
  const at::Tensor values = at::zeros({1}, at::TensorOptions(own));
  std::packaged_task<c10::intrusive_ptr<c10d::Work>()> begin(
      [&ranks = on_gpu_->collectives(), values, own] {
        const c10::DeviceGuard guard(own);
        std::vector<at::Tensor> tensors = {values};
        return ranks.allreduce(tensors);
      });
  std::future<c10::intrusive_ptr<c10d::Work>> begun = begin.get_future();
  std::thread(std::move(begin)).detach();
  while (begun.wait_for(absl::ToChronoMilliseconds(kLookInterval)) != std::future_status::ready) {
    failure_ = heartbeat_->Check(silence_limit_);
    if (failure_.ok()) continue;
    std::ignore = on_gpu_.release();
    return failure_;
  }
  try {
    Await({*on_gpu_, begun.get()});
  } catch (const std::exception&) {
    if (failure_.ok()) failure_ = Diagnose(CurrentTorchError("connect the GPUs").message());
  }
  return failure_;
}

std::function<void()> C10dWorld::BeginSum(at::Tensor values) {
  std::vector<at::Tensor> tensors = {values};
  const Pending pending =
      Begin(values, [&](Collectives& ranks) { return ranks.allreduce(tensors); });
  return [this, pending] { Await(pending); };
}

at::Tensor C10dWorld::RoomForAll(const at::Tensor& values) const {
  std::vector<int64_t> shape = values.sizes().vec();
  shape.insert(shape.begin(), who().ranks);
  return at::empty(shape, values.options());
}

at::Tensor C10dWorld::Gather(const at::Tensor& values) {
  const at::Tensor all = RoomForAll(values);
  std::vector<std::vector<at::Tensor>> outputs = {all.unbind(0)};
  std::vector<at::Tensor> inputs = {values.contiguous()};
  Await(Begin(values, [&](Collectives& ranks) { return ranks.allgather(outputs, inputs); }));
  return all;
}

at::Tensor C10dWorld::GatherAtRank0(const at::Tensor& values) {
  at::Tensor all;
  std::vector<std::vector<at::Tensor>> outputs;
  if (who().rank == 0) {
    all = RoomForAll(values);
    outputs.push_back(all.unbind(0));
  }
  std::vector<at::Tensor> inputs = {values.contiguous()};
  Await(Begin(values, [&](Collectives& ranks) { return ranks.gather(outputs, inputs); }));
  return all;
}

at::Tensor C10dWorld::Exchange(const at::Tensor& values) {
  at::Tensor input = values.contiguous(), output = at::empty_like(input);
  std::vector<int64_t> even;
  Await(Begin(values,
              [&](Collectives& ranks) { return ranks.alltoall_base(output, input, even, even); }));
  return output;
}

void C10dWorld::Broadcast(at::Tensor values) {
  std::vector<at::Tensor> tensors = {values};
  Await(Begin(values, [&](Collectives& ranks) { return ranks.broadcast(tensors); }));
}

absl::Status C10dWorld::Post(const std::string& name, absl::string_view text) {
  try {
    store_->set(name, std::vector<uint8_t>(text.begin(), text.end()));
    return absl::OkStatus();
  } catch (const std::exception&) {
    return Diagnose(CurrentTorchError("post a text").message());
  }
}

absl::StatusOr<std::string> C10dWorld::Read(const std::string& name) {
  try {
    while (!store_->check({name})) {
      if (absl::Status status = heartbeat_->Check(silence_limit_); !status.ok()) return status;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    const std::vector<uint8_t> bytes = store_->get(name);
    return std::string(bytes.begin(), bytes.end());
  } catch (const std::exception&) {
    return Diagnose(CurrentTorchError("read a text").message());
  }
}

absl::Status C10dWorld::Part() {
  try {
    Sum(at::zeros({1}));
    if (on_gpu_ != nullptr) on_gpu_->ShutDown();
    return absl::OkStatus();
  } catch (const std::exception&) {
    return failure_;
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<World>> JoinWorld(const WorldAddress& address,
                                                 const WorldOptions& options) {
  const RankOf who = address.who;
  const bool on_gpu = options.device.is_cuda();
  if (on_gpu && !HasNccl()) {
    return absl::UnimplementedError(
        "this build of provnet-train can't train on GPUs together with other processes: LibTorch "
        "came without NCCL, or nccl.h was missing when it was built. Give --device=cpu to all "
        "ranks, or train in one process");
  }
  // Writing to a rank that is gone is an error to report, not the end of the process.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    auto store = EnterMeeting(address, options.join_timeout);
    PROVNET_RETURN_IF_ERROR(MeetOthers(*store, who, options.device, options.join_timeout));
    auto heartbeat = std::make_unique<Heartbeat>(
        OpenStore(address, /*serve=*/false, options.join_timeout), who, options.beat_interval);
    auto cpu_group = OpenGlooGroup(store, who, kExchangeTimeout);
    auto gpu_group = on_gpu ? OpenNcclGroup(store, who, options.device, kExchangeTimeout) : nullptr;
    auto world = std::make_unique<C10dWorld>(who, options.silence_limit, std::move(store),
                                             std::move(heartbeat), std::move(cpu_group),
                                             std::move(gpu_group));
    if (on_gpu) PROVNET_RETURN_IF_ERROR(world->ConnectGpus(options.device));
    return world;
  } catch (const std::exception&) {
    return absl::UnavailableError(absl::StrCat(
        "rank ", who.rank, " of ", who.ranks, " could not meet the others at ", address.host, ":",
        address.port, " (MASTER_ADDR, MASTER_PORT) within ",
        absl::FormatDuration(options.join_timeout), ": ", CurrentTorchError("join").message()));
  }
}

}  // namespace provnet
