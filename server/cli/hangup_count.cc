#include "server/cli/hangup_count.h"

#include <signal.h>

#include <atomic>

namespace provnet {
namespace {

std::atomic<uint64_t> hangups{0};
// All that a signal handler may touch.
static_assert(std::atomic<uint64_t>::is_always_lock_free);

void Count(int) { hangups.fetch_add(1); }

}  // namespace

void CountHangups() {
  struct sigaction action = {};
  action.sa_handler = Count;
  action.sa_flags = SA_RESTART;
  sigaction(SIGHUP, &action, nullptr);
}

uint64_t Hangups() { return hangups.load(); }

}  // namespace provnet
