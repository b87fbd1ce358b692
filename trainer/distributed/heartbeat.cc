#include "trainer/distributed/heartbeat.h"

#include <condition_variable>
#include <mutex>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "storage/base/clock.h"
#include "trainer/distributed/beat_table.h"

namespace provnet {
namespace {

constexpr char kLeftKey[] = "left";
constexpr absl::Duration kLeaveLimit = absl::Seconds(5);

std::string BeatKey(uint32_t rank) { return absl::StrCat("beat/", rank); }

absl::Duration Now() { return Clock::Steady().Monotonic(); }

}  // namespace

// Shared with the thread, which may outlive the object. A condition variable of the standard
// library: its waits take the clock that doesn't jump.
struct Heartbeat::State {
  State(c10::intrusive_ptr<c10d::Store> connection, RankOf rank_of, absl::Duration pause)
      : store(std::move(connection)), who(rank_of), interval(pause), table(rank_of.ranks, Now()) {}

  void Run();
  void Beat();

  const c10::intrusive_ptr<c10d::Store> store;
  const RankOf who;
  const absl::Duration interval;

  std::mutex mutex;
  std::condition_variable changed;
  // All below are guarded by mutex.
  bool stop = false;
  bool finished = false;
  bool store_lost = false;
  absl::Duration last_beat = Now();
  // Why this rank leaves, to be told; and what another one told.
  std::string leaving, left;
  BeatTable table;
};

void Heartbeat::State::Run() {
  std::unique_lock lock(mutex);
  bool told = false;
  while (!store_lost && !(stop && (leaving.empty() || told))) {
    const std::string why = leaving;
    lock.unlock();
    bool lost = false;
    try {
      if (!why.empty()) store->set(kLeftKey, std::vector<uint8_t>(why.begin(), why.end()));
      Beat();
    } catch (const std::exception&) {
      lost = true;
    }
    lock.lock();
    told = !why.empty();
    store_lost = lost;
    const auto pause = absl::ToChronoMilliseconds(interval);
    if (!lost) changed.wait_for(lock, pause, [&] { return stop || leaving != why; });
  }
  finished = true;
  changed.notify_all();
}

// Without the lock: the store may take its time.
void Heartbeat::State::Beat() {
  store->add(BeatKey(who.rank), 1);
  std::vector<int64_t> beats;
  for (uint32_t rank = 0; rank < who.ranks; ++rank) beats.push_back(store->add(BeatKey(rank), 0));
  std::string message;
  if (store->check({kLeftKey})) {
    const std::vector<uint8_t> bytes = store->get(kLeftKey);
    message.assign(bytes.begin(), bytes.end());
  }
  const std::lock_guard lock(mutex);
  last_beat = Now();
  for (uint32_t rank = 0; rank < who.ranks; ++rank) table.Read(rank, beats[rank], last_beat);
  if (leaving.empty()) left = message;
}

Heartbeat::Heartbeat(c10::intrusive_ptr<c10d::Store> store, RankOf who, absl::Duration interval)
    : state_(std::make_shared<State>(std::move(store), who, interval)),
      thread_([state = state_] { state->Run(); }) {}

Heartbeat::~Heartbeat() {
  std::unique_lock lock(state_->mutex);
  state_->stop = true;
  state_->changed.notify_all();
  const bool finished = state_->changed.wait_for(lock, absl::ToChronoMilliseconds(kLeaveLimit),
                                                 [this] { return state_->finished; });
  lock.unlock();
  if (finished) {
    thread_.join();
  } else {
    thread_.detach();
  }
}

absl::Status Heartbeat::Check(absl::Duration limit) const {
  const std::lock_guard lock(state_->mutex);
  if (!state_->left.empty()) return absl::UnavailableError(state_->left);
  const absl::Duration now = Now();
  if (state_->store_lost || now - state_->last_beat > limit) {
    return absl::UnavailableError(
        "rank 0, where the processes of this job meet, is gone: it died, or can't be reached");
  }
  std::vector<uint32_t> silent = state_->table.Silent(now, limit);
  std::erase(silent, state_->who.rank);
  if (silent.empty()) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("rank ", absl::StrJoin(silent, ", rank "), " of ",
                                             state_->who.ranks, " is gone: not heard from for ",
                                             absl::FormatDuration(limit),
                                             "; it died, hangs, or can't be reached"));
}

void Heartbeat::Leave(const std::string& why) {
  const std::lock_guard lock(state_->mutex);
  state_->leaving = why;
  state_->stop = true;
  state_->changed.notify_all();
}

}  // namespace provnet
