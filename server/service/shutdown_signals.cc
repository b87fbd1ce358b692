#include "server/service/shutdown_signals.h"

#include <pthread.h>

#include <utility>

namespace provnet {

ShutdownSignals::ShutdownSignals(Handler handler) : handler_(std::move(handler)) {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGTERM);
  sigaddset(&signals_, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  thread_ = std::thread([this] { Run(); });
}

ShutdownSignals::~ShutdownSignals() {
  stopping_.store(true);
  // Wakes the thread out of sigwait.
  pthread_kill(thread_.native_handle(), SIGTERM);
  thread_.join();
}

void ShutdownSignals::Run() {
  for (int count = 1;; ++count) {
    int signal = 0;
    if (sigwait(&signals_, &signal) != 0 || stopping_.load()) return;
    handler_(signal, count);
  }
}

}  // namespace provnet
