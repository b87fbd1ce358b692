#ifndef PROVNET_STORAGE_BASE_REPEATING_THREAD_H_
#define PROVNET_STORAGE_BASE_REPEATING_THREAD_H_

#include <functional>
#include <thread>
#include <utility>

#include "absl/time/time.h"
#include "storage/base/mutex.h"

namespace provnet {

// Does something again and again, on a thread of its own, until it is destroyed. Make it the last
// member of what `work` uses.
class RepeatingThread {
 public:
  // First does `work` after `interval`. A wake-up without cause may make a turn come early.
  RepeatingThread(absl::Duration interval, std::function<void()> work)
      : interval_(interval), work_(std::move(work)), thread_([this] { Run(); }) {}

  // Joins the thread once the turn that is under way has ended.
  ~RepeatingThread() {
    {
      const MutexLock lock(mutex_);
      stop_ = true;
      stopped_.SignalAll();
    }
    thread_.join();
  }
  RepeatingThread(const RepeatingThread&) = delete;
  RepeatingThread& operator=(const RepeatingThread&) = delete;

 private:
  void Run() {
    while (true) {
      {
        const MutexLock lock(mutex_);
        if (!stop_) stopped_.WaitFor(mutex_, interval_);
        if (stop_) return;
      }
      work_();
    }
  }

  const absl::Duration interval_;
  const std::function<void()> work_;
  Mutex mutex_;
  CondVar stopped_;
  bool stop_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace provnet

#endif  // PROVNET_STORAGE_BASE_REPEATING_THREAD_H_
