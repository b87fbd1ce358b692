#include "server/lifecycle/repository_watcher.h"

#include <algorithm>
#include <utility>

namespace provnet {
namespace {

RepositoryWatch StartWatch(std::filesystem::path root) {
  RepositoryWatch watch(std::move(root));
  watch.Renew();
  return watch;
}

}  // namespace

RepositoryWatcher::RepositoryWatcher(ModelLifecycle& lifecycle, std::filesystem::path root,
                                     absl::Duration poll_interval)
    : lifecycle_(lifecycle),
      poll_interval_(poll_interval),
      watch_(StartWatch(std::move(root))),
      watch_status_(watch_.status()),
      thread_([this] { Run(); }) {}

RepositoryWatcher::~RepositoryWatcher() {
  Stop();
  thread_.join();
}

void RepositoryWatcher::Stop() {
  stopping_.store(true);
  lifecycle_.Stop();
  watch_.Wake();
}

void RepositoryWatcher::Run() {
  while (!stopping_.load()) {
    watch_.Renew();
    const absl::Duration rest = lifecycle_.Pass();
    if (stopping_.load()) return;
    watch_.Await(std::min(rest, poll_interval_));
  }
}

}  // namespace provnet
