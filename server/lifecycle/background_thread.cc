#include "server/lifecycle/background_thread.h"

#include <sys/resource.h>
#include <unistd.h>

#include <thread>

namespace provnet {

void RunInBackground(const std::function<void()>& work) {
  std::thread thread([&work] {
    // Linux keeps a nice value for each thread. Where it can't be set, work is merely less polite.
    setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), 19);
    work();
  });
  thread.join();
}

}  // namespace provnet
