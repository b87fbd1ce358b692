#ifndef PROVNET_SERVER_SERVICE_SHUTDOWN_SIGNALS_H_
#define PROVNET_SERVER_SERVICE_SHUTDOWN_SIGNALS_H_

#include <atomic>
#include <csignal>
#include <functional>
#include <thread>

namespace provnet {

// SIGTERM and SIGINT as ordinary calls on an ordinary thread, so that nothing has to be
// async-signal-safe.
//
// Create one per process, before any other thread: the signals are blocked in this thread and in
// all that it starts.
class ShutdownSignals {
 public:
  // Called with the signal's number and how many have come, from 1.
  using Handler = std::function<void(int signal, int count)>;

  explicit ShutdownSignals(Handler handler);
  // Joins the thread. The signals stay blocked.
  ~ShutdownSignals();
  ShutdownSignals(const ShutdownSignals&) = delete;
  ShutdownSignals& operator=(const ShutdownSignals&) = delete;

 private:
  void Run();

  const Handler handler_;
  sigset_t signals_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_SHUTDOWN_SIGNALS_H_
