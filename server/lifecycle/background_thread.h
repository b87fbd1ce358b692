#ifndef PROVNET_SERVER_LIFECYCLE_BACKGROUND_THREAD_H_
#define PROVNET_SERVER_LIFECYCLE_BACKGROUND_THREAD_H_

#include <functional>
#include <thread>

#include "storage/base/mutex.h"

namespace provnet {

// A thread that yields to all others of the process (nice 15, which threads that it starts inherit,
// and which can't be taken back; and at BackgroundPace): verifying and loading a version shall take
// what the serving ones leave. It lasts, so that what it allocates comes from the same arena of the
// allocator each time, and what is freed there serves the next version. Thread-safe.
class BackgroundThread {
 public:
  // `name` is what `top -H` shows of it; at most 15 characters.
  explicit BackgroundThread(const char* name);
  ~BackgroundThread();
  BackgroundThread(const BackgroundThread&) = delete;
  BackgroundThread& operator=(const BackgroundThread&) = delete;

  // Runs `work` there to its end, after what others gave it before. Not from the thread itself.
  void Run(const std::function<void()>& work);

 private:
  void Loop();

  Mutex mutex_;
  CondVar changed_;
  // What is to be run; null when there is nothing.
  const std::function<void()>* work_ ABSL_GUARDED_BY(mutex_) = nullptr;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_LIFECYCLE_BACKGROUND_THREAD_H_
