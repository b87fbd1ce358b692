#include <torch/torch.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <thread>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/model/torch_status.h"
#include "storage/base/clock.h"
#include "trainer/distributed/heartbeat.h"
#include "trainer/distributed/world.h"

namespace provnet {
namespace {

using c10d::ProcessGroupGloo;
using c10d::TCPStore;

// After this, Gloo gives up by itself. The heartbeat finds out who is gone, much earlier; this is
// above what one rank may do alone while others wait, such as writing a checkpoint.
constexpr absl::Duration kGlooTimeout = absl::Minutes(30);
// How often a wait looks whether everyone lives.
constexpr absl::Duration kLookInterval = absl::Milliseconds(250);
// When a connection breaks: the rank is gone that gives no sign of life for this long; it is looked
// for a little longer.
constexpr absl::Duration kBrokenSilence = absl::Seconds(3);
constexpr absl::Duration kDiagnosisTime = absl::Seconds(5);
// How long rank 0 still serves the store when it leaves early: some beats.
constexpr absl::Duration kFarewell = absl::Seconds(2);

class GlooWorld : public World {
 public:
  GlooWorld(RankOf who, absl::Duration silence_limit, c10::intrusive_ptr<TCPStore> store,
            std::unique_ptr<Heartbeat> heartbeat, c10::intrusive_ptr<ProcessGroupGloo> group)
      : World(who),
        silence_limit_(silence_limit),
        store_(std::move(store)),
        heartbeat_(std::move(heartbeat)),
        group_(std::move(group)) {}
  ~GlooWorld() override;

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
  // Runs `start`, which returns c10d's work.
  template <typename Start>
  c10::intrusive_ptr<c10d::Work> Begin(Start&& start);
  void Await(c10d::Work& work);
  // [ranks, ...], not filled.
  at::Tensor RoomForAll(const at::Tensor& values) const;
  absl::Status Diagnose(absl::string_view symptom) const;
  // By reference: GCC 14 takes it that nobody looks at an argument that was moved from in a
  // function that does not return, but the unwinding of its exception does.
  [[noreturn]] void Fail(const absl::Status& why);

  const absl::Duration silence_limit_;
  c10::intrusive_ptr<TCPStore> store_;
  std::unique_ptr<Heartbeat> heartbeat_;
  c10::intrusive_ptr<ProcessGroupGloo> group_;
  bool left_ = false;
};

GlooWorld::~GlooWorld() {
  // The group's destructor waits for what is under way, perhaps for a rank that is gone. The
  // process is about to end.
  if (left_ || !failure_.ok()) group_.release();
  // The store goes with rank 0; the others shall read in it why.
  heartbeat_.reset();
  if (left_ && who().rank == 0) std::this_thread::sleep_for(absl::ToChronoMilliseconds(kFarewell));
}

void GlooWorld::Leave(absl::string_view why) {
  left_ = true;
  heartbeat_->Leave(std::string(why));
}

void GlooWorld::Fail(const absl::Status& why) {
  failure_ = why;
  throw std::runtime_error(std::string(failure_.message()));
}

// A connection breaks at once when the process at its other end dies; which one that was shows a
// little later.
absl::Status GlooWorld::Diagnose(absl::string_view symptom) const {
  for (absl::Duration waited; waited < kDiagnosisTime; waited += kLookInterval) {
    if (absl::Status status = heartbeat_->Check(kBrokenSilence); !status.ok()) return status;
    std::this_thread::sleep_for(absl::ToChronoMilliseconds(kLookInterval));
  }
  return absl::UnavailableError(absl::StrCat("lost the other processes of this job: ", symptom));
}

template <typename Start>
c10::intrusive_ptr<c10d::Work> GlooWorld::Begin(Start&& start) {
  try {
    return std::forward<Start>(start)();
  } catch (const std::exception&) {
    Fail(Diagnose(CurrentTorchError("begin an exchange").message()));
  }
}

void GlooWorld::Await(c10d::Work& work) {
  while (true) {
    try {
      work.wait(absl::ToChronoMilliseconds(kLookInterval));
      return;
    } catch (const std::exception&) {
      // It failed, or only takes longer.
    }
    if (work.isCompleted()) break;
    if (absl::Status status = heartbeat_->Check(silence_limit_); !status.ok()) {
      Fail(status);
    }
  }
  try {
    work.wait();
  } catch (const std::exception&) {
    Fail(Diagnose(CurrentTorchError("exchange data").message()));
  }
}

std::function<void()> GlooWorld::BeginSum(at::Tensor values) {
  std::vector<at::Tensor> tensors = {std::move(values)};
  const auto work = Begin([&] { return group_->allreduce(tensors); });
  return [this, work] { Await(*work); };
}

at::Tensor GlooWorld::RoomForAll(const at::Tensor& values) const {
  std::vector<int64_t> shape = values.sizes().vec();
  shape.insert(shape.begin(), who().ranks);
  return at::empty(shape, values.options());
}

at::Tensor GlooWorld::Gather(const at::Tensor& values) {
  const at::Tensor all = RoomForAll(values);
  std::vector<std::vector<at::Tensor>> outputs = {all.unbind(0)};
  std::vector<at::Tensor> inputs = {values.contiguous()};
  Await(*Begin([&] { return group_->allgather(outputs, inputs); }));
  return all;
}

at::Tensor GlooWorld::GatherAtRank0(const at::Tensor& values) {
  at::Tensor all;
  std::vector<std::vector<at::Tensor>> outputs;
  if (who().rank == 0) {
    all = RoomForAll(values);
    outputs.push_back(all.unbind(0));
  }
  std::vector<at::Tensor> inputs = {values.contiguous()};
  Await(*Begin([&] { return group_->gather(outputs, inputs); }));
  return all;
}

at::Tensor GlooWorld::Exchange(const at::Tensor& values) {
  at::Tensor input = values.contiguous(), output = at::empty_like(input);
  std::vector<int64_t> even;
  Await(*Begin([&] { return group_->alltoall_base(output, input, even, even); }));
  return output;
}

void GlooWorld::Broadcast(at::Tensor values) {
  std::vector<at::Tensor> tensors = {std::move(values)};
  Await(*Begin([&] { return group_->broadcast(tensors); }));
}

absl::Status GlooWorld::Post(const std::string& name, absl::string_view text) {
  try {
    store_->set(name, std::vector<uint8_t>(text.begin(), text.end()));
    return absl::OkStatus();
  } catch (const std::exception&) {
    return Diagnose(CurrentTorchError("post a text").message());
  }
}

absl::StatusOr<std::string> GlooWorld::Read(const std::string& name) {
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

absl::Status GlooWorld::Part() {
  try {
    Sum(at::zeros({1}));
    return absl::OkStatus();
  } catch (const std::exception&) {
    return failure_;
  }
}

// Later versions of LibTorch prefer a store that runs on libuv, which Debian's is built without.
template <typename Options>
void UsePlainStore(Options& options) {
  if constexpr (requires { options.useLibUV; }) options.useLibUV = false;
}

c10::intrusive_ptr<TCPStore> OpenStore(const WorldAddress& address, bool serve,
                                       absl::Duration timeout) {
  c10d::TCPStoreOptions options;
  options.port = address.port;
  options.isServer = serve;
  // Some versions of LibTorch go on without those that don't come in time.
  options.waitWorkers = false;
  options.timeout = absl::ToChronoMilliseconds(timeout);
  UsePlainStore(options);
  return c10::make_intrusive<TCPStore>(address.host, options);
}

// Returns once all ranks have called it.
void AwaitOthers(TCPStore& store, RankOf who, absl::Duration timeout) {
  constexpr char kJoinedKey[] = "joined";
  const absl::Duration start = Clock::Steady().Monotonic();
  int64_t joined = store.add(kJoinedKey, 1);
  while (joined < who.ranks) {
    if (Clock::Steady().Monotonic() - start > timeout) {
      throw std::runtime_error(absl::StrCat("only ", joined, " came"));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    joined = store.add(kJoinedKey, 0);
  }
}

c10::intrusive_ptr<ProcessGroupGloo> OpenGroup(const c10::intrusive_ptr<TCPStore>& store,
                                               RankOf who) {
  const auto options = ProcessGroupGloo::Options::create(absl::ToChronoMilliseconds(kGlooTimeout));
  const char* interface = std::getenv("GLOO_SOCKET_IFNAME");
  options->devices.push_back(interface != nullptr
                                 ? ProcessGroupGloo::createDeviceForInterface(interface)
                                 : ProcessGroupGloo::createDefaultDevice());
  return c10::make_intrusive<ProcessGroupGloo>(store, static_cast<int>(who.rank),
                                               static_cast<int>(who.ranks), options);
}

}  // namespace

absl::StatusOr<std::unique_ptr<World>> JoinWorld(const WorldAddress& address,
                                                 const WorldOptions& options) {
  // Writing to a rank that is gone is an error to report, not the end of the process.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    auto store = OpenStore(address, /*serve=*/address.who.rank == 0, options.join_timeout);
    AwaitOthers(*store, address.who, options.join_timeout);
    auto heartbeat =
        std::make_unique<Heartbeat>(OpenStore(address, /*serve=*/false, options.join_timeout),
                                    address.who, options.beat_interval);
    auto group = OpenGroup(store, address.who);
    return std::make_unique<GlooWorld>(address.who, options.silence_limit, std::move(store),
                                       std::move(heartbeat), std::move(group));
  } catch (const std::exception&) {
    return absl::UnavailableError(absl::StrCat(
        "rank ", address.who.rank, " of ", address.who.ranks, " could not meet the others at ",
        address.host, ":", address.port, " (MASTER_ADDR, MASTER_PORT) within ",
        absl::FormatDuration(options.join_timeout), ": ", CurrentTorchError("join").message()));
  }
}

}  // namespace provnet
