#include "storage/base/mutex.h"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <time.h>

#include <thread>
#include <vector>

// ThreadSanitizer does not see waits by the steady clock, so they go by another one there.
#ifndef __SANITIZE_THREAD__
namespace {

// The clocks that waits with an end went by.
std::vector<clockid_t> clocks;

}  // namespace

// In place of the C library's, which they call.
extern "C" int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                                      clockid_t clock, const timespec* end) {
  clocks.push_back(clock);
  using Real = int (*)(pthread_cond_t*, pthread_mutex_t*, clockid_t, const timespec*);
  static const auto real = reinterpret_cast<Real>(dlsym(RTLD_NEXT, "pthread_cond_clockwait"));
  return real(condition, mutex, clock, end);
}

extern "C" int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                                      const timespec* end) {
  clocks.push_back(CLOCK_REALTIME);
  using Real = int (*)(pthread_cond_t*, pthread_mutex_t*, const timespec*);
  static const auto real = reinterpret_cast<Real>(dlsym(RTLD_NEXT, "pthread_cond_timedwait"));
  return real(condition, mutex, end);
}
#endif

namespace provnet {
namespace {

#ifndef __SANITIZE_THREAD__
// A wall clock that is set back must not make anybody wait longer.
TEST(CondVarTest, WaitsByTheSteadyClock) {
  clocks.clear();
  Mutex mutex;
  CondVar condition;
  const MutexLock lock(mutex);
  condition.WaitFor(mutex, absl::Milliseconds(1));
  EXPECT_EQ(clocks, std::vector<clockid_t>{CLOCK_MONOTONIC});
}
#endif

TEST(CondVarTest, EndsWithASignal) {
  Mutex mutex;
  CondVar condition;
  bool signalled = false;
  std::thread other([&] {
    const MutexLock lock(mutex);
    signalled = true;
    condition.SignalOne();
  });
  {
    const MutexLock lock(mutex);
    while (!signalled) condition.WaitFor(mutex, absl::Hours(1));
  }
  other.join();
}

}  // namespace
}  // namespace provnet
