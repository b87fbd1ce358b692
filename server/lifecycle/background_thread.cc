#include "server/lifecycle/background_thread.h"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include "storage/base/background_pace.h"

namespace provnet {
namespace {

// A thirtieth of the time of a thread of the server that competes with it. On cores that never rest
// a second's work then takes half a minute, where 19 would take more than one.
constexpr int kNicer = 15;

// Linux keeps a nice value for each thread, at most 19. Where it can't be set, work is merely less
// polite.
void YieldToTheOthers() {
  const auto self = static_cast<id_t>(gettid());
  setpriority(PRIO_PROCESS, self, getpriority(PRIO_PROCESS, self) + kNicer);
}

}  // namespace

BackgroundThread::BackgroundThread(const char* name)
    : thread_([this, name] {
        pthread_setname_np(pthread_self(), name);
        YieldToTheOthers();
        Loop();
      }) {}

BackgroundThread::~BackgroundThread() {
  {
    const MutexLock lock(mutex_);
    stopped_ = true;
    changed_.SignalAll();
  }
  thread_.join();
}

void BackgroundThread::Run(const std::function<void()>& work) {
  const MutexLock lock(mutex_);
  while (work_ != nullptr) changed_.Wait(mutex_);
  work_ = &work;
  changed_.SignalAll();
  while (work_ == &work) changed_.Wait(mutex_);
}

void BackgroundThread::Loop() {
  const std::function<void()>* work = nullptr;
  while (true) {
    {
      const MutexLock lock(mutex_);
      while (work_ == nullptr && !stopped_) changed_.Wait(mutex_);
      if (work_ == nullptr) return;
      work = work_;
    }
    {
      const BackgroundPace pace;
      (*work)();
    }
    const MutexLock lock(mutex_);
    work_ = nullptr;
    changed_.SignalAll();
  }
}

}  // namespace provnet
