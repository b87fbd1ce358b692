#include "storage/base/spare_cores.h"

#include <atomic>
#include <system_error>
#include <thread>
#include <vector>

#include "storage/base/mutex.h"

namespace provnet {
namespace {

thread_local int spare = 0;

class Helpers {
 public:
  using Work = absl::FunctionRef<void(int64_t part)>;

  ~Helpers() {
    {
      const MutexLock lock(mutex_);
      stopped_ = true;
      wanted_.SignalAll();
    }
    for (std::thread& thread : threads_) thread.join();
  }

  void Run(int count, int64_t parts, Work work) {
    Job job{work, parts};
    if (!Offer(job, count)) {
      for (int64_t part = 0; part < parts; ++part) work(part);
      return;
    }
    job.TakeParts();
    const MutexLock lock(mutex_);
    // Nothing is left for those that have not come yet.
    places_ = 0;
    while (helping_ > 0) left_.Wait(mutex_);
    job_ = nullptr;
  }

 private:
  struct Job {
    Work work;
    int64_t parts;
    std::atomic<int64_t> next{0};

    void TakeParts() {
      for (int64_t part = next++; part < parts; part = next++) work(part);
    }
  };

  // False while another thread is helped.
  bool Offer(Job& job, int count) {
    const MutexLock lock(mutex_);
    if (job_ != nullptr) return false;
    job_ = &job;
    places_ = count;
    AddThreads(count);
    for (int i = 0; i < count; ++i) wanted_.SignalOne();
    return true;
  }

  void AddThreads(int count) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    try {
      while (static_cast<int>(threads_.size()) < count) threads_.emplace_back([this] { Help(); });
    } catch (const std::system_error&) {
      // There may be no more threads: then fewer help.
    }
  }

  void Help() {
    const MutexLock lock(mutex_);
    while (true) {
      while (!stopped_ && places_ == 0) wanted_.Wait(mutex_);
      if (stopped_) return;
      Job& job = *job_;
      --places_;
      ++helping_;
      mutex_.Unlock();
      job.TakeParts();
      mutex_.Lock();
      if (--helping_ == 0) left_.SignalOne();
    }
  }

  Mutex mutex_;
  // There is a job with a place for a helper.
  CondVar wanted_;
  // The last helper has left the job.
  CondVar left_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  // From its offer until the last helper has left it.
  Job* job_ ABSL_GUARDED_BY(mutex_) = nullptr;
  // For helpers that have not come yet.
  int places_ ABSL_GUARDED_BY(mutex_) = 0;
  int helping_ ABSL_GUARDED_BY(mutex_) = 0;
  // Grows under the lock; joined by the destructor.
  std::vector<std::thread> threads_;
};

}  // namespace

SpareCores::SpareCores(int count) { spare = count; }

SpareCores::~SpareCores() { spare = 0; }

int SpareCores::OnThisThread() { return spare; }

void ShareWithSpareCores(int64_t parts, absl::FunctionRef<void(int64_t part)> work) {
  if (spare > 0 && parts > 1) {
    static Helpers helpers;
    helpers.Run(spare, parts, work);
    return;
  }
  for (int64_t part = 0; part < parts; ++part) work(part);
}

}  // namespace provnet
