#include "server/service/connection_acceptor.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "storage/base/clock.h"

namespace provnet {
namespace {

constexpr int kBacklog = 1024;
constexpr int kOutOfDescriptorsPauseMs = 100;
constexpr int kRefusedPauseMs = 20;
// Between two looks for closed connections while there are as many as there may be: the look costs
// a system call for each, which those who are refused must not be able to cause at will.
constexpr absl::Duration kFullSweepPause = absl::Milliseconds(50);

absl::Status ListenError(const ListenAddress& address, absl::string_view reason) {
  return absl::UnavailableError(
      absl::StrCat("cannot listen on ", address.ToString(), ": ", reason));
}

std::string ErrnoText() { return std::generic_category().message(errno); }

// A socket that listens on `info`, or -1 with errno.
int OpenListener(const addrinfo& info) {
  const int listener =
      socket(info.ai_family, info.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, info.ai_protocol);
  if (listener < 0) return -1;
  // A restart need not wait for the old connections' TIME_WAIT. Not SO_REUSEPORT: two servers on
  // one port are an accident.
  const int yes = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  if (bind(listener, info.ai_addr, info.ai_addrlen) == 0 && listen(listener, kBacklog) == 0)
    return listener;
  const int error = errno;
  close(listener);
  errno = error;
  return -1;
}

int BoundPort(int listener) {
  sockaddr_storage storage = {};
  socklen_t size = sizeof(storage);
  if (getsockname(listener, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return 0;
  if (storage.ss_family == AF_INET)
    return ntohs(reinterpret_cast<const sockaddr_in&>(storage).sin_port);
  return ntohs(reinterpret_cast<const sockaddr_in6&>(storage).sin6_port);
}

// 0 when `descriptor` is no open socket.
uint64_t Cookie(int descriptor) {
  uint64_t cookie = 0;
  socklen_t size = sizeof(cookie);
  return getsockopt(descriptor, SOL_SOCKET, SO_COOKIE, &cookie, &size) == 0 ? cookie : 0;
}

// Blocks until the other side of each socket has ended its half, or `timeout` has passed.
void AwaitPeers(const std::vector<int>& sockets, absl::Duration timeout) {
  std::vector<pollfd> waiting;
  for (const int descriptor : sockets) waiting.push_back({descriptor, POLLRDHUP, 0});
  const Clock& clock = Clock::Steady();
  const absl::Duration end = clock.Monotonic() + timeout;
  while (!waiting.empty()) {
    const int64_t left_ms = absl::ToInt64Milliseconds(end - clock.Monotonic());
    if (left_ms <= 0) return;
    if (poll(waiting.data(), waiting.size(), static_cast<int>(left_ms)) < 0 && errno != EINTR)
      return;
    const auto ended = [](const pollfd& event) { return event.revents != 0; };
    waiting.erase(std::remove_if(waiting.begin(), waiting.end(), ended), waiting.end());
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<ConnectionAcceptor>> ConnectionAcceptor::Listen(
    const ListenAddress& address, size_t max_connections) {
  addrinfo hints = {};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* infos = nullptr;
  const int error =
      getaddrinfo(address.host.c_str(), absl::StrCat(address.port).c_str(), &hints, &infos);
  if (error != 0) return ListenError(address, gai_strerror(error));
  int listener = -1;
  for (const addrinfo* info = infos; info != nullptr && listener < 0; info = info->ai_next)
    listener = OpenListener(*info);
  const std::string reason = ErrnoText();
  freeaddrinfo(infos);
  if (listener < 0) return ListenError(address, reason);

  const int wake = eventfd(0, EFD_CLOEXEC);
  if (wake < 0) {
    close(listener);
    return ListenError(address, ErrnoText());
  }
  return std::unique_ptr<ConnectionAcceptor>(
      new ConnectionAcceptor(listener, wake, BoundPort(listener), max_connections));
}

ConnectionAcceptor::~ConnectionAcceptor() {
  StopListening();
  close(wake_);
}

void ConnectionAcceptor::Start(Handler handler, Refusal refusal) {
  handler_ = std::move(handler);
  refusal_ = std::move(refusal);
  thread_ = std::thread([this] { Run(); });
}

void ConnectionAcceptor::StopListening() {
  if (thread_.joinable()) {
    eventfd_write(wake_, 1);
    thread_.join();
  }
  if (listener_ >= 0) close(std::exchange(listener_, -1));
}

void ConnectionAcceptor::EndConnections(absl::Duration timeout) {
  const std::vector<int> open = DuplicateOpen();
  for (const int connection : open) shutdown(connection, SHUT_WR);
  AwaitPeers(open, timeout);
  for (const int connection : open) close(connection);
}

std::vector<int> ConnectionAcceptor::DuplicateOpen() {
  std::vector<int> open;
  const MutexLock lock(mutex_);
  for (const Connection& connection : connections_) {
    const int duplicate = fcntl(connection.descriptor, F_DUPFD_CLOEXEC, 0);
    if (duplicate < 0) continue;
    // Asked of the duplicate, which nobody else can close in between.
    if (Cookie(duplicate) == connection.cookie) {
      open.push_back(duplicate);
    } else {
      close(duplicate);
    }
  }
  connections_.clear();
  return open;
}

void ConnectionAcceptor::Run() {
  while (true) {
    pollfd events[] = {{wake_, POLLIN, 0}, {listener_, POLLIN, 0}};
    if (poll(events, 2, refused_.empty() ? -1 : kRefusedPauseMs) < 0 && errno != EINTR) return;
    if (events[0].revents != 0) return;
    refused_.Tend();
    while (AcceptOne()) {
    }
  }
}

bool ConnectionAcceptor::AcceptOne() {
  const int connection = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (connection < 0) {
    // Out of descriptors or memory: the connection still waits, so poll would return at once.
    if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) {
      pollfd wake = {wake_, POLLIN, 0};
      poll(&wake, 1, kOutOfDescriptorsPauseMs);
    }
    return false;
  }
  const int yes = 1;
  setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
  if (Remember(connection)) {
    handler_(listener_, connection);
  } else {
    refusal_(connection);
    refused_.Take(connection);
  }
  return true;
}

bool ConnectionAcceptor::Remember(int connection) {
  const MutexLock lock(mutex_);
  const bool full = connections_.size() >= max_connections_ &&
                    Clock::Steady().Monotonic() - swept_ >= kFullSweepPause;
  if (full || connections_.size() >= sweep_at_) Sweep();
  if (connections_.size() >= max_connections_) return false;
  connections_.push_back({connection, Cookie(connection)});
  return true;
}

void ConnectionAcceptor::Sweep() {
  const auto closed = [](const Connection& c) { return Cookie(c.descriptor) != c.cookie; };
  connections_.erase(std::remove_if(connections_.begin(), connections_.end(), closed),
                     connections_.end());
  sweep_at_ = std::max<size_t>(64, 2 * connections_.size());
  swept_ = Clock::Steady().Monotonic();
}

}  // namespace provnet
