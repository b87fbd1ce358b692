#include "trainer/data/bounded_workers.h"

#include <algorithm>
#include <utility>

namespace provnet {

BoundedWorkers::BoundedWorkers(int threads, size_t max_waiting_bytes)
    : max_waiting_bytes_(max_waiting_bytes) {
  for (int i = 0; i < std::max(threads, 1); ++i) threads_.emplace_back([this] { Work(); });
}

BoundedWorkers::~BoundedWorkers() { Finish(); }

void BoundedWorkers::Submit(size_t bytes, Task task) {
  MutexLock lock(mutex_);
  while (!queue_.empty() && waiting_bytes_ + bytes > max_waiting_bytes_) changed_.Wait(mutex_);
  waiting_bytes_ += bytes;
  queue_.push_back({bytes, std::move(task)});
  changed_.SignalAll();
}

void BoundedWorkers::Finish() {
  {
    MutexLock lock(mutex_);
    finishing_ = true;
    changed_.SignalAll();
  }
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void BoundedWorkers::Work() {
  while (true) {
    Waiting next;
    {
      MutexLock lock(mutex_);
      while (queue_.empty() && !finishing_) changed_.Wait(mutex_);
      if (queue_.empty()) return;
      next = std::move(queue_.front());
      queue_.pop_front();
      waiting_bytes_ -= next.bytes;
      changed_.SignalAll();
    }
    next.task();
  }
}

}  // namespace provnet
