#include "server/lifecycle/repository_watch.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <system_error>
#include <utility>

namespace provnet {
namespace {

namespace fs = std::filesystem;

constexpr uint32_t kEvents =
    IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CLOSE_WRITE | IN_ONLYDIR;
// poll counts in int milliseconds; a day is as good as never.
constexpr absl::Duration kLongest = absl::Hours(24);

void ReadAway(int fd) {
  alignas(inotify_event) char bytes[4096];
  while (read(fd, bytes, sizeof bytes) > 0) {
  }
}

}  // namespace

RepositoryWatch::RepositoryWatch(fs::path root)
    : root_(std::move(root)),
      inotify_(inotify_init1(IN_CLOEXEC | IN_NONBLOCK)),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!inotify_.valid()) status_ = ErrnoToStatus(errno, "watch", root_);
}

void RepositoryWatch::Watch(const fs::path& folder) {
  // Watching what is watched already changes nothing.
  if (!inotify_.valid()) return;
  const bool watching = inotify_add_watch(inotify_.get(), folder.c_str(), kEvents) >= 0;
  // A folder that has just gone is nothing to complain about.
  if (!watching && errno != ENOENT) status_ = ErrnoToStatus(errno, "watch", folder);
}

void RepositoryWatch::Renew() {
  Watch(root_);
  std::error_code error;
  fs::directory_iterator entry(root_, error);
  while (!error && entry != fs::directory_iterator()) {
    std::error_code gone;
    if (entry->is_directory(gone)) Watch(entry->path());
    entry.increment(error);
  }
}

void RepositoryWatch::Await(absl::Duration timeout) {
  timeout = std::min(timeout, kLongest);
  // Rounded up, so that the time has come afterwards.
  const int64_t ms = absl::ToInt64Milliseconds(timeout + absl::Milliseconds(1));
  // poll passes over an fd of -1.
  pollfd events[] = {{wake_.get(), POLLIN, 0}, {inotify_.get(), POLLIN, 0}};
  poll(events, 2, static_cast<int>(ms));
  ReadAway(wake_.get());
  ReadAway(inotify_.get());
}

void RepositoryWatch::Wake() {
  const uint64_t one = 1;
  // Fails only when the counter is full, which wakes as well.
  [[maybe_unused]] const ssize_t written = write(wake_.get(), &one, sizeof one);
}

}  // namespace provnet
