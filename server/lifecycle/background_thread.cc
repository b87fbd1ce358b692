#include "server/lifecycle/background_thread.h"

#include <sys/resource.h>
#include <unistd.h>

#include <thread>

namespace provnet {
namespace {

// A tenth of the time of a thread that competes at the ordinary priority: enough to come to an end
// on cores that never rest, where 19 would take a minute for a second's work.
constexpr int kNice = 10;

}  // namespace

void RunInBackground(const std::function<void()>& work) {
  std::thread thread([&work] {
    // Linux keeps a nice value for each thread. Where it can't be set, work is merely less polite.
    setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNice);
    work();
  });
  thread.join();
}

}  // namespace provnet
