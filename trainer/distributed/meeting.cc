#include "trainer/distributed/meeting.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "storage/base/clock.h"
#include "trainer/distributed/rank_group.h"

namespace provnet {
namespace {

// Before a rank looks again whether the ranks of an earlier start are gone.
constexpr absl::Duration kRetryPause = absl::Milliseconds(500);
constexpr absl::Duration kSecond = absl::Seconds(1);

// Later versions of LibTorch prefer a store that runs on libuv, which Debian's is built without.
template <typename Options>
void UsePlainStore(Options& options) {
  if constexpr (requires { options.useLibUV; }) options.useLibUV = false;
}

// Returns once all ranks have called it.
void AwaitOthers(c10d::Store& store, RankOf who, absl::Duration timeout) {
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

std::string DeviceKey(uint32_t rank) { return absl::StrCat("device/", rank); }

// Where a rank computes, as the others read it.
struct Place {
  std::string kind;
  // Of a GPU.
  std::string name;
};

void PostPlace(c10d::Store& store, RankOf who, c10::Device device) {
  const std::string text = absl::StrCat(c10::DeviceTypeName(device.type(), /*lower_case=*/true),
                                        "/", device.is_cuda() ? GpuName(device) : "");
  store.set(DeviceKey(who.rank), std::vector<uint8_t>(text.begin(), text.end()));
}

Place ReadPlace(c10d::Store& store, uint32_t rank) {
  const std::vector<uint8_t> bytes = store.get(DeviceKey(rank));
  const std::pair<std::string, std::string> parts =
      absl::StrSplit(absl::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()),
                     absl::MaxSplits('/', 1));
  return {parts.first, parts.second};
}

std::vector<Place> ReadPlaces(c10d::Store& store, uint32_t ranks) {
  std::vector<Place> places;
  for (uint32_t rank = 0; rank < ranks; ++rank) places.push_back(ReadPlace(store, rank));
  return places;
}

// Tensors of one rank meet those of the others, and NCCL wants a GPU for each.
absl::Status CheckPlaces(const std::vector<Place>& places) {
  std::map<std::string, size_t> rank_on;
  for (size_t rank = 0; rank < places.size(); ++rank) {
    const Place& place = places[rank];
    if (place.kind != places[0].kind) {
      return absl::InvalidArgumentError(absl::StrCat("rank 0 computes on ", places[0].kind,
                                                     ", but rank ", rank, " on ", place.kind,
                                                     ": give all ranks the same kind of --device"));
    }
    const auto [other, alone] = rank_on.emplace(place.name, rank);
    if (!place.name.empty() && !alone) {
      return absl::InvalidArgumentError(absl::StrCat("ranks ", other->second, " and ", rank,
                                                     " both compute on the GPU ", place.name,
                                                     ": give each one of its own, by LOCAL_RANK or "
                                                     "--device=cuda:N, or give all --device=cpu"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

c10::intrusive_ptr<c10d::TCPStore> OpenStore(const WorldAddress& address, bool serve,
                                             absl::Duration timeout) {
  c10d::TCPStoreOptions options;
  options.port = address.port;
  options.isServer = serve;
  // Some versions of LibTorch go on without those that don't come in time.
  options.waitWorkers = false;
  options.timeout = absl::ToChronoMilliseconds(timeout);
  UsePlainStore(options);
  return c10::make_intrusive<c10d::TCPStore>(address.host, options);
}

c10::intrusive_ptr<c10d::TCPStore> EnterMeeting(const WorldAddress& address,
                                                absl::Duration timeout) {
  const RankOf who = address.who;
  const bool serve = who.rank == 0;
  const absl::Duration end = Clock::Steady().Monotonic() + timeout;
  while (true) {
    const absl::Duration left = end - Clock::Steady().Monotonic();
    try {
      // LibTorch counts whole seconds.
      auto store = OpenStore(address, serve, std::max(absl::Ceil(left, kSecond), kSecond));
      if (store->add(absl::StrCat("place/", who.rank), 1) == 1) {
        store->setTimeout(absl::ToChronoMilliseconds(timeout));
        return store;
      }
      if (left <= absl::ZeroDuration()) {
        throw std::runtime_error(
            "ranks of an earlier start of this job still meet there; end them first");
      }
    } catch (const std::exception&) {
      // An old store may go at any moment.
      if (serve || left <= absl::ZeroDuration()) throw;
    }
    std::this_thread::sleep_for(absl::ToChronoMilliseconds(kRetryPause));
  }
}

absl::Status MeetOthers(c10d::Store& store, RankOf who, c10::Device device,
                        absl::Duration timeout) {
  PostPlace(store, who, device);
  AwaitOthers(store, who, timeout);
  const absl::Status status = CheckPlaces(ReadPlaces(store, who.ranks));
  // Rank 0 takes the store with it, and the others may not have read it all yet.
  if (!status.ok() && who.rank == 0) {
    std::this_thread::sleep_for(absl::ToChronoMilliseconds(kFarewell));
  }
  return status;
}

}  // namespace provnet
