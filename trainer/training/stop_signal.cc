#include "trainer/training/stop_signal.h"

#include <atomic>
#include <csignal>

namespace provnet {
namespace {

std::atomic<bool> stop_requested{false};
static_assert(std::atomic<bool>::is_always_lock_free, "signal handlers may use it");

extern "C" void RequestStop(int /*signal*/) { stop_requested.store(true); }

}  // namespace

StopCondition StopOnSignals() {
  struct sigaction action = {};
  action.sa_handler = RequestStop;
  sigemptyset(&action.sa_mask);
  // Back to the default after the first; interrupted system calls go on.
  action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  return [] { return stop_requested.load(); };
}

}  // namespace provnet
